"""ZIP files with one spelling: stored entries in the order of their names, and nothing else.

Any program opens them (APPNOTE 6.3.10). What is read is written again and compared, so no byte
can be hidden: not between the entries or behind the last, not in comments, extra fields, times,
second entries of one name, or a directory that says something else than the entries.
"""

import struct
from collections.abc import Mapping
from typing import Final
from zlib import crc32

from svx_ledger.proofs.finding import not_canonical

ZIP_BYTES: Final = 1 << 28
"""How much the entries come to at most, with their headers: 256 MiB. Nothing is packed."""

ZIP_ENTRIES: Final = (1 << 16) - 2
"""The most entries: what is possible without the extension for large files (ZIP64)."""

NAME_LENGTH: Final = 64
"""The longest name of an entry."""

ZIP_FILE_BYTES: Final = ZIP_BYTES + ZIP_ENTRIES * (46 + NAME_LENGTH) + 22
"""The longest file that is read: the entries, and the directory behind them."""

_ENTRY: Final = struct.Struct("<4s5H3L2H")
_LISTED: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_ENTRY_MARK: Final = b"PK\x03\x04"
_VERSION: Final = 20
_UNIX: Final = 3 << 8
_FIRST_DAY: Final = 0x21
"""1980-01-01, the earliest that the format has: when a file was made is not in it."""
_FILE_MODE: Final = 0o100644 << 16


def pack_zip(parts: Mapping[str, bytes]) -> bytes:
    """Write files into one: the same bytes for the same names and contents, always.

    Raises ValueError for more than `ZIP_BYTES` or `ZIP_ENTRIES`, and for a name that is not
    plain ASCII, or longer than `NAME_LENGTH`.
    """
    entries: list[bytes] = []
    listed: list[bytes] = []
    size = 0
    for name in sorted(parts):
        data, spelt = parts[name], name.encode("ascii")
        if not 0 < len(spelt) <= NAME_LENGTH or not name.isprintable():
            raise ValueError(f"no name for an entry: {name!r}")
        sizes = (crc32(data), len(data), len(data), len(spelt))
        told = (_VERSION, 0, 0, 0, _FIRST_DAY, *sizes, 0)
        attributes = (0, 0, 0, _FILE_MODE, size)
        listed += [_LISTED.pack(b"PK\x01\x02", _UNIX | _VERSION, *told, *attributes), spelt]
        entries += [_ENTRY.pack(_ENTRY_MARK, *told), spelt, data]
        size += _ENTRY.size + len(spelt) + len(data)
        if size > ZIP_BYTES:
            raise ValueError(f"more than {ZIP_BYTES} bytes")
    if len(parts) > ZIP_ENTRIES:
        raise ValueError(f"more than {ZIP_ENTRIES} entries")
    directory = b"".join(listed)
    counts = (0, 0, len(parts), len(parts), len(directory), size, 0)
    return b"".join([*entries, directory, _END.pack(b"PK\x05\x06", *counts)])


def unpack_zip(data: bytes) -> dict[str, bytes]:
    """Read such a file, by name. Raises Refused (SVX301) for any other."""
    if len(data) > ZIP_FILE_BYTES:
        raise not_canonical(f"a file of more than {ZIP_FILE_BYTES} bytes")
    parts: dict[str, bytes] = {}
    at = 0
    while data.startswith(_ENTRY_MARK, at) and len(data) - at >= _ENTRY.size:
        *_, size, _, name_length, _ = _ENTRY.unpack_from(data, at)
        begins = at + _ENTRY.size + name_length
        at = begins + size
        if at > len(data) or name_length > NAME_LENGTH or len(parts) == ZIP_ENTRIES:
            break
        name = data[begins - name_length : begins].decode("latin-1")
        parts[name] = data[begins:at]
    try:
        same = pack_zip(parts) == data
    except ValueError:
        same = False
    if not same:
        raise not_canonical(
            f"it is no ZIP file as evidence bundles are packed{_where(data, parts)}"
        )
    return parts


def _where(data: bytes, parts: Mapping[str, bytes]) -> str:
    """Tell what of a file is not as its entries are packed, where that can be told."""
    try:
        packed = pack_zip(parts)
    except ValueError:
        return ""
    if not parts:
        return ""
    if data.startswith(packed):
        return f": {len(data) - len(packed)} bytes after the end"
    end = 0
    for name in sorted(parts):
        begin, end = end, end + _ENTRY.size + len(name) + len(parts[name])
        if data[begin:end] != packed[begin:end]:
            return f": the part {name!r} is not as it was packed"
    return ": what follows the last part is not its directory"
