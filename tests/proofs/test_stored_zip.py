"""ZIP files with one spelling: what others write, or somebody changed, is refused."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.proofs.files import stored_zip
from svx_ledger.proofs.files.stored_zip import pack_zip, unpack_zip
from svx_ledger.proofs.finding import Code, Refused

from .hostile import mutated

NAMES = st.from_regex(r"[a-z]{1,8}(/[0-9]{1,12}\.[a-z]{1,4})?", fullmatch=True)
PARTS = st.dictionaries(NAMES, st.binary(max_size=300), max_size=6)
GOOD = {"a/1.json": b"{}" * 20, "checkpoint": b"PK\x03\x04 looks like an entry", "empty": b""}


def other(compression: int = zipfile.ZIP_STORED, **parts: bytes) -> bytes:
    """A ZIP file as the standard library writes it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made:
        for name, data in parts.items():
            made.writestr(zipfile.ZipInfo(name), data, compression)
    return file.getvalue()


def refuse(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        unpack_zip(data)
    assert refused.value.finding.code is Code.NOT_CANONICAL


@given(PARTS)
def test_what_was_packed_is_unpacked(parts: dict[str, bytes]) -> None:
    assert unpack_zip(pack_zip(parts)) == parts
    assert pack_zip(dict(reversed(parts.items()))) == pack_zip(parts)


@given(PARTS)
def test_other_programs_read_the_same(parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(pack_zip(parts))) as read:
        assert read.testzip() is None
        assert read.namelist() == sorted(parts)
        assert {name: read.read(name) for name in parts} == parts
        for info in read.infolist():
            assert (info.compress_type, info.extra, info.comment) == (0, b"", b"")
            assert info.date_time == (1980, 1, 1, 0, 0, 0)


def accepts(data: bytes) -> bool:
    """Whether these bytes are such a file; what is none is refused, as not canonical."""
    try:
        parts = unpack_zip(data)
    except Refused as refused:
        return refused.finding.code is not Code.NOT_CANONICAL
    return pack_zip(parts) == data


@given(mutated(pack_zip(GOOD)))
def test_whatever_is_changed_is_refused(data: bytes) -> None:
    assert accepts(data) == (data == pack_zip(GOOD))


@given(st.binary(max_size=400))
def test_any_bytes_are_refused(data: bytes) -> None:
    assert not accepts(data)
    assert not accepts(b"PK\x03\x04" + data)


def test_every_bit_counts() -> None:
    good = pack_zip(GOOD)
    accepted = []
    for at in range(8 * len(good)):
        bad = bytearray(good)
        bad[at // 8] ^= 1 << at % 8
        try:
            unpack_zip(bytes(bad))
        except Refused:
            continue
        accepted.append(at)

    assert accepted == []


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_other_writers_can_say_is_refused() -> None:
    good = pack_zip(GOOD)
    twice = io.BytesIO(good)
    with zipfile.ZipFile(twice, "a") as file:
        file.writestr(zipfile.ZipInfo("empty"), b"another")
    commented = io.BytesIO(good)
    with zipfile.ZipFile(commented, "a") as file:
        file.comment = b"seen"

    for data in (
        other(a=b"x"),  # has no rights of a file in it
        other(zipfile.ZIP_DEFLATED, bomb=bytes(10_000_000)),
        twice.getvalue(),
        commented.getvalue(),
        good + b"\0",
        b"\0" + good,
        good[:-1],
        good[:-22],
        b"",
    ):
        refuse(data)


@pytest.mark.parametrize("name", ["../a", "/etc/passwd", "a\\b", "a\nb"])
def test_a_name_is_only_a_name(name: str) -> None:
    """No name is ever made a path here; one that could not be printed is refused."""
    if not name.isprintable():
        with pytest.raises(ValueError, match="no name"):
            pack_zip({name: b""})
        return
    assert unpack_zip(pack_zip({name: b""})) == {name: b""}


def test_a_size_beyond_the_file_is_refused() -> None:
    data = bytearray(pack_zip({"a": b"x" * 9}))
    struct.pack_into("<LL", data, 18, 2**32 - 1, 2**32 - 1)

    refuse(bytes(data))


def test_there_are_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    three = dict.fromkeys("abc", b"")
    good = pack_zip(three)
    monkeypatch.setattr(stored_zip, "ZIP_ENTRIES", 2)
    with pytest.raises(ValueError, match="entries"):
        pack_zip(three)
    refuse(good)
    monkeypatch.setattr(stored_zip, "ZIP_ENTRIES", 3)
    assert unpack_zip(good) == three
    monkeypatch.setattr(stored_zip, "ZIP_BYTES", 3 * 31 - 1)
    with pytest.raises(ValueError, match="bytes"):
        pack_zip(three)
    refuse(good)
    monkeypatch.setattr(stored_zip, "ZIP_FILE_BYTES", len(good) - 1)
    refuse(good)
    with pytest.raises(ValueError, match="no name"):
        pack_zip({"n" * 65: b""})


def detail(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        unpack_zip(data)
    return refused.value.finding.detail


def test_the_part_that_was_changed_is_named_and_what_stands_behind_the_end() -> None:
    good = pack_zip(GOOD)
    flipped = bytearray(good)
    flipped[good.index(b"PK\x03\x04 looks") + 9] ^= 1

    assert "the part 'checkpoint' is not as it was packed" in detail(bytes(flipped))
    assert detail(good + b"junk").endswith(": 4 bytes after the end")
    assert detail(good[:-1]).endswith(": what follows the last part is not its directory")
    assert detail(b"junk").endswith("as evidence bundles are packed")
