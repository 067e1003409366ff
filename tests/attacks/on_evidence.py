"""Attacks on an evidence bundle, by whoever hands it on."""

import json
from collections.abc import Callable

from svx_ledger.proofs.files.bundle import (
    HEAD_NOTE,
    MANIFEST,
    RULES_TEXT,
    SUMMARY_TEXT,
    digests_of,
    growth_name,
    parse_manifest,
    receipt_name,
    record_name,
)
from svx_ledger.proofs.files.stored_zip import pack_zip, unpack_zip
from svx_ledger.proofs.notes.note import Note, parse_note

from .attack import Attack
from .case import RECEIPT_OF, Case, Honest
from .checks import BUNDLE, BUNDLE_DATED, Caught

Parts = dict[str, bytes]
RECORD = record_name(RECEIPT_OF)


def repacked(
    change: Callable[[Parts], object], *, listed: bool = True
) -> Callable[[Case], None]:
    """Change the parts and pack them again; `listed`: with a manifest that fits them."""

    def do(case: Case) -> None:
        file = case.folder / "evidence.zip"
        parts = unpack_zip(file.read_bytes())
        change(parts)
        if listed:
            told = json.loads(parts.pop(MANIFEST))
            told["parts"] = digests_of(parts)
            data = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
            parse_manifest(data)
            parts[MANIFEST] = data
        file.write_bytes(pack_zip(parts))

    return do


def edited(parts: Parts) -> None:
    record = parts[RECORD].replace(b'"value_pence":1', b'"value_pence":2')
    assert record != parts[RECORD]
    parts[RECORD] = record


def swapped(parts: Parts) -> None:
    other = record_name(RECEIPT_OF + 1)
    parts[RECORD], parts[other] = parts[other], parts[RECORD]


def left_out(parts: Parts) -> None:
    del parts[RECORD], parts[receipt_name(RECEIPT_OF)]


def withheld(parts: Parts) -> None:
    del parts[RECORD]


def added(parts: Parts) -> None:
    parts["notes.txt"] = b"of nobody"


def not_cosigned(parts: Parts) -> None:
    note = parse_note(parts[HEAD_NOTE])
    bare = Note(note.text, note.signatures[:1]).data()
    for name, data in parts.items():
        if name.endswith(".tlog-proof"):
            parts[name] = data.partition(b"\n\n")[0] + b"\n\n" + bare
    parts[HEAD_NOTE] = bare


def other_growth(parts: Parts) -> None:
    name = next(name for name in parts if name.endswith(".consistency"))
    assert name == growth_name(int(name[6:18]))
    lines = parts[name].splitlines(keepends=True)
    parts[name] = b"".join([lines[1], lines[0], *lines[2:]])


def other_words(parts: Parts) -> None:
    parts[SUMMARY_TEXT] += b"And they lived happily ever after.\n"
    parts[RULES_TEXT] = b"There were no rules.\n"


def beside(case: Case) -> None:
    """Hide bytes behind the last part."""
    with (case.folder / "evidence.zip").open("ab") as file:
        file.write(b"more")


def record(_: Honest) -> int:
    return RECEIPT_OF - 1


ON_EVIDENCE = (
    Attack(
        name="a bundle with an altered record",
        does="alters a record in it, and its digest in the manifest",
        do=repacked(edited),
        caught=(Caught(BUNDLE, "SVX101", at="the record's", leaf=record),),
    ),
    Attack(
        name="a bundle with two records in each other's place",
        does="lets two records change places, and their digests too",
        do=repacked(swapped),
        caught=(Caught(BUNDLE, "SVX101", at="the first of the two", leaf=record),),
    ),
    Attack(
        name="a bundle without a record",
        does="leaves a record and its receipt out, and out of the manifest",
        do=repacked(left_out),
        caught=(Caught(BUNDLE, "SVX401", 4, "the next on its stream", lambda _: RECEIPT_OF),),
    ),
    Attack(
        name="a bundle without a part that it lists",
        does="takes a record out of the file",
        do=repacked(withheld, listed=False),
        caught=(Caught(BUNDLE, "SVX401", 4, "the record's", record),),
    ),
    Attack(
        name="a bundle with a part that it does not list",
        does="puts a file of one's own beside the evidence",
        do=repacked(added, listed=False),
        caught=(Caught(BUNDLE, "SVX301", 3),),
    ),
    Attack(
        name="a bundle whose head no witness saw",
        does="strips the cosignature from the head, and from all receipts",
        do=repacked(not_cosigned),
        caught=(Caught(BUNDLE_DATED, "SVX202", 2),),
        missed=(BUNDLE,),
        why="who trusts the log's key alone misses no witness",
    ),
    Attack(
        name="a bundle with another proof for an earlier head",
        does="changes the proof that the head goes on from an earlier one",
        do=repacked(other_growth),
        caught=(Caught(BUNDLE_DATED, "SVX102"),),
    ),
    Attack(
        name="bytes behind a bundle",
        does="hides bytes at the end of the file",
        do=beside,
        caught=(Caught(BUNDLE, "SVX301", 3),),
    ),
    Attack(
        name="a bundle with other words of its maker",
        does="writes another summary and other rules, and their digests into the manifest",
        do=repacked(other_words),
        missed=(BUNDLE, BUNDLE_DATED),
        why="nothing finds it, and nothing is proven by it: compare the SHA-256 of the file "
        "with another party's, and read the frozen rules in their record",
    ),
)
