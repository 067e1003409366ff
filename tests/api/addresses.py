"""Addresses, queries and headers of reads, from what is right to what nobody should send."""

import itertools
import re
from collections.abc import Iterator
from random import Random
from typing import Any, Final
from urllib.parse import quote, urlencode

from svx_ledger.api.document.patterns import Schema
from svx_ledger.api.routing import Operation

from .contract import READERS
from .directly import MARK, Sent
from .hostile_headers import AUTHORIZATIONS, MEDIA, REQUEST_IDS
from .keys import key_for
from .matrix import QUERIES, VALUES, reader
from .target import Target

STRANGE: Final = (
    *("", " ", "0", "-1", "1e3", "1.0", "00", "+1", "9007199254740991", "9007199254740992"),
    *(
        "9" * 400,
        "NaN",
        "null",
        "true",
        "True",
        "٣",
        "\uff11",
        MARK,
        f"{MARK}\x00",
        f"{MARK}\r\nX: y",
    ),
    *(f"' OR 1=1 --{MARK}", f"{MARK}*", f'"{MARK}', f"=cmd|{MARK}", f"<svg/onload={MARK}>"),
    *("a" * 9_000, "\u0301" * 800, "\u202e", "\ud83d\ude00" * 200, "2026-02-30", "2026-06-01"),
    *("0001-01-01", "9999-12-31", "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z"),
    *(
        "2026-06-01T00:00:00+01:00",
        "2026-06-01T09:00:00Z",
        "[]",
        "{}",
        "%",
        "%00",
        "../..",
        "*",
    ),
    *("organisation-marchshire", "auction-recovery", "procurement-recovery", "2025/26", "9/99"),
)
RAW: Final = (
    *(
        b"%",
        b"%zz",
        b"%00",
        b"%ff%fe",
        b"\xff",
        b"a=1&a=2",
        b"&&&=&",
        b"=",
        b"a[]=1",
        b"a%5b%5d=1",
    ),
    *(b"limit=1&limit=2", b"format=csv&format=json", b"%66ormat=csv", b"after=0;limit=1", b"?"),
    *(
        b"x=" + b"y" * 20_000,
        b"&".join(b"p%d=1" % n for n in range(1_500)),
        b"limit",
        b"limit=",
    ),
)
ACCEPTS: Final = (
    *(
        b"application/json",
        b"text/csv",
        b"text/event-stream",
        b"text/html",
        b"text/plain",
        b"*/*",
    ),
    *(b"text/csv;q=0.9, application/json;q=0.1", b"application/*", b"*", b"", b"a", b"a/b/c"),
    *(
        b"text/csv;q=1.0000",
        b"text/csv;q=-1",
        b"application/json;q=0",
        b";q=1",
        b",,,",
        b"\xff/x",
    ),
    *(
        b"application/json;" + b"a=b;" * 2_000,
        b"text/csv," * 3_000,
        b'text/csv;a="\\"',
        b"*/json",
    ),
)
KNOWN: Final = (
    *(b"*", b'W/"1-x"', b'"1"', b'"', b"", b'W/"', b"\xff", b'"a", "b", W/"c"', b'"' * 5_000),
    *(b'W/"' + b"a" * 9_000 + b'"', b'"a' * 3_000, b'W/"\x00"', b", " * 3_000),
)
LAST: Final = (
    b"0",
    b"1",
    b"5",
    b"999999",
    b"-1",
    b"end",
    b"",
    b"x",
    b"1" * 400,
    b"\xff",
    b"01",
)
CURSORS: Final = (
    *(
        "A" * 8,
        "A" * 1_024,
        "A" * 1_025,
        "AAAAAAA",
        "-_-_-_-_",
        "AAAA AAAA",
        "AAAAAAA=",
        MARK * 4,
    ),
    *("W10" * 8, "bnVsbA" * 4, "eyJhIjoxfQ" * 2, "é" * 8),
)
NAMES: Final = (
    *(
        "none0000",
        "0",
        "",
        "a" * 33,
        "\x00",
        "\r\nX: y",
        "../../etc",
        "\u00e9",
        "\ud800",
        "*",
        "%",
    ),
    *(
        "A" * 9_000,
        "\U0001f4a9",
        f"<b>{MARK}</b>",
        "a;b",
        "a/b",
        MARK,
        "1",
        "-1",
        "9" * 30,
        "1.0",
    ),
)
METHODS: Final = ("HEAD", "OPTIONS", "DELETE", "PUT", "TRACE", "QUERY", "get", "X", "\xff")
SORTS: Final = (
    *("right", "one parameter", "one parameter", "one parameter", "parameters", "raw query"),
    *("path", "path", "accept", "if none match", "cursor", "cursor", "last event id"),
    *("authorization", "method", "another header", "stream", "nowhere"),
)


class Addresses:
    """Requests to every read of an application."""

    def __init__(self, target: Target, seed: int) -> None:
        self._seed = seed
        self._reads = [one for one in target.operations if not one.command]
        self._keys: list[bytes] = []
        for role in READERS:
            who = reader(role)
            key = key_for(target.exchange, who) if who else None
            self._keys.append(f"Bearer {key}".encode() if key else b"")

    def requests(self, many: int) -> Iterator[Sent]:
        """Give so many, to each read in turn."""
        for number, one in zip(range(many), itertools.cycle(self._reads), strict=False):
            yield self._request(number, one)

    def _request(self, number: int, one: Operation) -> Sent:
        random = Random(f"{self._seed} {number}")
        what = random.choice(SORTS)
        key = random.choice(self._keys)
        headers = {b"authorization": key} if key else {}
        query: bytes | dict[str, str] = self._query(random, one)
        values = {name: quote(value, safe="") for name, value in VALUES.items()}
        path, method = one.path, "GET"
        assert isinstance(query, dict)
        parameters = [p["name"] for p in one.parameters if p["in"] == "query"]
        match what:
            case "one parameter" if parameters:
                query[random.choice(parameters)] = random.choice(STRANGE)
            case "parameters":
                query = {name: random.choice(STRANGE) for name in [*parameters, MARK]}
            case "raw query":
                query = urlencode(query).encode() + b"&" + random.choice(RAW)
            case "path":
                values = dict.fromkeys(values, _named(random))
            case "accept":
                headers[b"accept"] = random.choice(ACCEPTS)
            case "if none match":
                headers[b"if-none-match"] = random.choice(KNOWN)
            case "cursor":
                query["cursor"] = random.choice(CURSORS)
            case "last event id" | "stream":
                headers[b"accept"] = b"text/event-stream"
                if what == "last event id":
                    headers[b"last-event-id"] = random.choice(LAST)
            case "authorization":
                headers[b"authorization"] = random.choice(AUTHORIZATIONS)
            case "method":
                method = random.choice(METHODS)
            case "another header":
                name, found = random.choice(OTHERS)
                headers[name] = random.choice(found)
            case "nowhere":
                path = random.choice(("//", "/%00", "/docs/", "/../x", f"/{MARK}", path + "/"))
            case _:
                pass
        address = re.sub(r"{(\w+)}", lambda name: values[name[1]], path)
        return Sent(
            what=what,
            method=method,
            path=address.encode("ascii", "backslashreplace"),
            query=query if isinstance(query, bytes) else _written(query),
            headers=tuple(headers.items()),
            operation=one,
        )

    def _query(self, random: Random, one: Operation) -> dict[str, str]:
        """Return parameters that are right, each for itself."""
        query = dict(QUERIES.get(one.name, {}))
        for given in one.parameters:
            if given["in"] == "query" and given["name"] != "cursor" and random.random() < 0.15:
                query[given["name"]] = _right(random, given["name"], given["schema"])
        return query


OTHERS: Final = (
    (b"x-request-id", REQUEST_IDS),
    (b"content-type", MEDIA),
    (b"range", (b"bytes=0-1", b"bytes=-1", b"x")),
    (b"if-modified-since", (b"Thu, 01 Jan 1970 00:00:00 GMT", b"x")),
    (b"accept-encoding", (b"gzip", b"br;q=1", b"\xff")),
    (b"content-length", (b"5", b"-1")),
    (b"upgrade", (b"websocket", b"h2c")),
    (b"host", (b"evil.example", b"", b"a\r\nb")),
    (b"x-forwarded-host", (b"evil.example",)),
    (b"cookie", (b"a=b;" * 2_000, b"\xff")),
    (b"origin", (b"null", b"https://evil.example")),
)


def _named(random: Random) -> str:
    kind = random.choice(("auction-", "organisation-", "award-", "", ""))
    return quote(kind + random.choice(NAMES), safe="", errors="surrogatepass")


def _right(random: Random, name: str, schema: Schema) -> str:
    """Return a value of a parameter that is of its form."""
    if "anyOf" in schema:
        return _right(random, name, random.choice(schema["anyOf"]))
    if "enum" in schema:
        return str(random.choice(schema["enum"]))
    kind: Any = schema["type"]
    if kind == "boolean":
        return random.choice(("true", "false"))
    if kind == "integer":
        least, most = schema["minimum"], schema["maximum"]
        return str(random.choice((least, most, min(most, max(least, random.randrange(900))))))
    if schema.get("format") == "date":
        return f"20{random.randrange(100):02d}-0{random.randrange(1, 10)}-17"
    if schema.get("format") == "date-time":
        return f"2026-0{random.randrange(1, 10)}-17T12:00:00Z"
    for value in VALUES.values():
        if re.search(schema.get("pattern", ""), value):
            return value
    return {"year": "2025/26", "figure": "confirmed.gross.D1"}.get(name, "bid-accepted.v1")


def _written(query: dict[str, str]) -> bytes:
    return urlencode(query, errors="surrogatepass").encode()
