"""Headers, and names of things, as no client of ours would send them."""

from typing import Final

from .directly import MARK

KEYS: Final = (
    *(b"", b" ", b"\t", b"a" * 128, b"a" * 129, b"clock:x", b"a b", b" lead", b"trail "),
    *(b"\xff\xfe", "é".encode(), b"a\x00b", b"a\r\nX: y", b"a" * 9_000, b"~", b"%0d%0a", b'"'),
)
VERSIONS: Final = (
    *(b'"0"', b'"1"', b'"999999999999999"', b'"9999999999999999"', b"1", b'W/"1"', b"*", b""),
    *(b'"1", "2"', b'"-1"', b'"01"', b'"\xff"', b'"' + b"1" * 5_000 + b'"', b'"1e3"'),
)
ON_BEHALF: Final = (
    *(b"organisation-lantern", b"organisation-kitestone", b"organisation-none9", b"need-abcd"),
    *(b"", b"organisation-", b"organisation-\xc3\xa9", b"ORGANISATION-LANTERN", b"x" * 9_000),
)
MEDIA: Final = (
    *(b"application/json; charset=utf-8", b"APPLICATION/JSON", b"application/json;", b"", b";"),
    *(b"text/plain", b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=x"),
    *(b"application/problem+json", b"application/json, text/plain", b"\xff", b"a" * 9_000),
)
CODINGS: Final = (b"gzip", b"identity", b"", b"br, gzip", b"IDENTITY", b"\xff", b"x" * 500)
AUTHORIZATIONS: Final = (
    *(b"", b"Bearer", b"Bearer ", b"Basic YTpi", b"Bearer svx_", b"Bearer svx__", b"\xff\xfe"),
    *(b"Bearer svx_0000000000000000_" + b"0" * 64, b"Bearer " + b"x" * 9_000, b"Digest a=b"),
    *(f"Bearer {MARK}".encode(), b"Bearer svx_" + b"a" * 16 + b"_" + b"G" * 64, b"bearer\t\0"),
)
REQUEST_IDS: Final = (
    b"",
    b"a" * 41,
    b"request-0123",
    b"a\r\nb",
    b"\xff" * 9,
    MARK.encode() * 9,
)
NAMES: Final = (
    *("none0000", "0", "", "a" * 33, "%00", "%0d%0aX:%20y", "..%2f..%2fetc", "%c0%ae", "é%20"),
    *("%ed%a0%80", "A" * 9_000, "recovery%00", "%F0%9F%92%A9", f"%3Cb%3E{MARK}", ";a=b", "x/y"),
)
HEADERS: Final = (
    (b"idempotency-key", KEYS),
    (b"if-match", VERSIONS),
    (b"svx-on-behalf-of", ON_BEHALF),
    (b"content-type", MEDIA),
    (b"content-encoding", CODINGS),
    (b"authorization", AUTHORIZATIONS),
    (b"x-request-id", REQUEST_IDS),
    (b"content-length", (b"0", b"-1", b"99999999999", b"x", b"")),
    (b"transfer-encoding", (b"chunked", b"gzip, chunked", b"x")),
    (b"expect", (b"100-continue", b"x")),
    (b"accept", (b"text/html", b"*/*", b"application/xml;q=0.0001", b"\xff", b"," * 5_000)),
    (b"host", (b"", b"evil.example", b"a\r\nb", b"\xff")),
    (b"x-forwarded-for", (b"203.0.113.9", b"unknown", b"\xff")),
)
