"""Evidence bundles: what is honest verifies, and whatever was done to one is found."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from svx_ledger.proofs.checks.bundle import BundleCheck
from svx_ledger.proofs.files.bundle import (
    AUDIT_RESULT,
    HEAD_NOTE,
    MAKERS_POLICY,
    MANIFEST,
    growth_name,
    head_name,
    parse_manifest,
    position_in,
    receipt_name,
    record_name,
)
from svx_ledger.proofs.files.receipt import parse_receipt
from svx_ledger.proofs.files.stored_zip import pack_zip, unpack_zip
from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.notes.checkpoint import Checkpoint, sign_checkpoint
from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from svx_ledger.proofs.notes.note import base64_text
from svx_ledger.proofs.notes.policy import Policy, policy_of_keys
from svx_ledger.proofs.telling.bundle import bundle_lines

from .hostile import mutated
from .made_bundle import EARLIER, SIZE, SUBJECT, MadeBundle
from .stored import at, history, record
from .written_log import ORIGIN, VKEY, policy


@pytest.fixture
def bundle(tmp_path: Path) -> MadeBundle:
    return MadeBundle(tmp_path)


def checked(data: bytes, trust: Policy | None = None) -> BundleCheck:
    done = BundleCheck(data, trust or policy(2))
    for _ in done.run():
        pass
    return done


def found(data: bytes, trust: Policy | None = None) -> list[tuple[int, int | None]]:
    """The codes that are found and their leaves."""
    try:
        findings = checked(data, trust).findings
    except Refused as refused:
        findings = [refused.finding]
    return [(one.code.number, one.index) for one in findings]


def codes(data: bytes, trust: Policy | None = None) -> set[int]:
    return {code for code, _ in found(data, trust)}


def positions(bundle: MadeBundle, stream: str = SUBJECT) -> list[int]:
    return [row[0] for row in bundle.rows if row[1] == stream]


def test_an_honest_bundle_verifies_and_says_what_is_not_proven(bundle: MadeBundle) -> None:
    done = checked(bundle.data())

    assert done.findings == []
    assert (done.records, done.chains.streams, done.chains.gapless) == (12, 3, 3)
    assert (done.dated, done.undated_heads) == (12, 0)
    assert (done.audit_clean, done.same_policy) == (True, True)
    told = "\n".join(bundle_lines(done))
    assert told.startswith(f"verified: evidence of {SUBJECT}, from {ORIGIN}\n")
    assert "its maker says: the audit found nothing against the rules" in told
    assert "its maker's policy is the one that you gave" in told
    assert "not proven: that what the records say is true, or follows the rules" in told
    assert "not proven: that these are all records" in told


def test_the_users_keys_count_and_not_the_makers(bundle: MadeBundle, tmp_path: Path) -> None:
    mine = checked(bundle.data(), policy_of_keys([VKEY]))
    assert (mine.findings, mine.same_policy, mine.dated) == ([], False, 0)
    assert "no witness that you trust dates it" in "\n".join(bundle_lines(mine))

    stranger = SigningKey(ORIGIN, ED25519, b"s" * 32)
    assert found(bundle.data(), policy_of_keys([stranger.verifier.text])) == [(201, None)]
    assert found(bundle.data(), policy(3)) == [(202, None)]
    assert found(MadeBundle(tmp_path / "o").data(), policy(2)) == []


def test_every_part_that_is_flipped_is_found(bundle: MadeBundle) -> None:
    expected = {HEAD_NOTE: {201, 301}, "records": {101}, "receipts": {101, 301}}
    listed = bundle.manifest()
    for name, data in list(bundle.parts.items()):
        for place in {0, len(data) // 2, len(data) - 1}:
            bad = bytearray(data)
            bad[place] ^= 1
            bundle.parts[name] = bytes(bad)
            kinds = codes(bundle.data(listed))
            bundle.parts[name] = data

            wanted = expected.get(name.split("/")[0], {301})
            assert kinds, name
            assert kinds & wanted, (name, place, kinds)


def test_every_part_that_is_dropped_is_withheld(bundle: MadeBundle) -> None:
    listed = bundle.manifest()
    for name in list(bundle.parts):
        data = bundle.parts.pop(name)
        kinds = found(bundle.data(listed))
        bundle.parts[name] = data

        assert {code for code, _ in kinds} == {401}, name
        place = position_in(name)
        assert kinds[0][1] == (None if place is None else place - 1), name


def test_a_record_that_is_dropped_with_its_line_leaves_a_gap(bundle: MadeBundle) -> None:
    _, second, third, *_ = positions(bundle)
    for name in (record_name(second), receipt_name(second)):
        del bundle.parts[name]

    assert found(bundle.data()) == [(401, third - 1)]
    assert found(bundle.data(bundle.manifest(withheld=(second,)))) == []
    far = bundle.manifest(withheld=(third + 2,))
    assert found(bundle.data(far)) == [(401, third - 1)]


def test_what_is_withheld_is_no_fault(tmp_path: Path) -> None:
    streams = positions(MadeBundle(tmp_path / "all"))
    done = checked(MadeBundle(tmp_path / "some", withheld=streams[1:3]).data())

    assert done.findings == []
    assert (done.chains.gapless, done.chains.left_out) == (2, 2)
    assert "2 records of these streams are withheld" in "\n".join(bundle_lines(done))


def test_more_gaps_than_withheld_records_are_found(tmp_path: Path) -> None:
    bundle = MadeBundle(tmp_path)
    for stream in (SUBJECT, "auction-2"):
        second = positions(bundle, stream)[1]
        del bundle.parts[record_name(second)], bundle.parts[receipt_name(second)]
    between = positions(bundle)[1]

    assert found(bundle.data(bundle.manifest(withheld=(between,)))) == [(401, None)]


def test_the_first_record_and_the_subject_are_there(bundle: MadeBundle) -> None:
    about_other = bundle.data(bundle.manifest(subject="auction-5"))
    assert found(about_other) == [(401, None)]
    del bundle.parts[record_name(1)], bundle.parts[receipt_name(1)]
    assert found(bundle.data()) == [(401, 0)]


def test_parts_that_are_not_listed_are_refused(bundle: MadeBundle) -> None:
    listed = bundle.manifest()
    bundle.parts["extra"] = b""
    assert found(bundle.data(listed)) == [(301, None)]
    assert found(bundle.data()) == [(301, None)]


def test_records_swapped_between_places_are_found(bundle: MadeBundle) -> None:
    one, two = (record_name(place) for place in positions(bundle)[:2])
    bundle.parts[one], bundle.parts[two] = bundle.parts[two], bundle.parts[one]
    assert 101 in codes(bundle.data())

    one, two = (receipt_name(place) for place in positions(bundle)[:2])
    bundle.parts[one], bundle.parts[two] = bundle.parts[two], bundle.parts[one]
    assert 101 in codes(bundle.data())


def test_a_record_that_says_another_position_is_found(tmp_path: Path) -> None:
    rows = history(SIZE)
    rows[7] = (8, SUBJECT, 1, "t", record(position=9))
    assert (101, 7) in found(MadeBundle(tmp_path, rows).data())


def test_parts_of_another_ledgers_bundle_are_found(tmp_path: Path) -> None:
    other = MadeBundle(tmp_path / "b", history(SIZE, {3: {"data": {"else": 1}}}))
    good = MadeBundle(tmp_path / "a")
    for name, data in other.parts.items():
        kept = good.parts[name]
        if data == kept:
            continue
        good.parts[name] = data
        kinds = codes(good.data())
        good.parts[name] = kept

        assert kinds, name
        assert kinds <= {101, 102, 105, 301, 401}, name


def test_a_second_head_of_the_same_size_is_found(tmp_path: Path) -> None:
    """The whole log signed again, with another history: the bundle has one head."""
    other = MadeBundle(tmp_path / "b", history(SIZE, {3: {"data": {"else": 1}}}))
    good = MadeBundle(tmp_path / "a")
    good.parts[HEAD_NOTE] = other.parts[HEAD_NOTE]

    assert found(good.data()) == [(301, None)]
    rerooted = good.manifest(root=other.log.root)
    assert 301 in codes(good.data(rerooted))


def test_a_manifest_of_another_head_is_refused(bundle: MadeBundle) -> None:
    for other in ({"origin": "ledger.example/o"}, {"size": SIZE + 1}, {"root": bytes(32)}):
        assert found(bundle.data(bundle.manifest(**other))) == [(301, None)]


def test_chains_are_followed(tmp_path: Path) -> None:
    third = history(SIZE)
    at_third = [row[0] for row in third if row[1] == SUBJECT][2]
    for change, code in (({"prev": b"x" * 32}, 105), ({"version": 1}, 105)):
        broken = MadeBundle(tmp_path / str(change), history(SIZE, {at_third: change}))
        assert (code, at_third - 1) in found(broken.data())
    begins = MadeBundle(tmp_path / "first", history(SIZE, {8: {"prev": b"x" * 32}}))
    assert (105, 7) in found(begins.data())
    opened = MadeBundle(tmp_path / "opened", history(SIZE, {1: {"prev": b"x" * 32}}))
    assert (105, 0) in found(opened.data())


def test_times_lie_in_their_brackets(tmp_path: Path) -> None:
    late = MadeBundle(tmp_path / "a", cosigned_after={7: 3000, 15: 3100, 31: 3200, 40: 3300})
    assert (107, 7) in found(late.data())
    early = MadeBundle(tmp_path / "b", cosigned_after={40: -90})
    assert (107, 0) in found(early.data())
    back = MadeBundle(tmp_path / "c", history(SIZE, {15: {"at": at(1)}}))
    assert (107, 14) in found(back.data())
    assert found(MadeBundle(tmp_path / "d", cosigned_after={7: 60}).data()) == []


def test_earlier_heads_are_beginnings_of_the_head(tmp_path: Path, bundle: MadeBundle) -> None:
    size = EARLIER[1]
    other = MadeBundle(tmp_path / "b", history(SIZE, {3: {"data": {"else": 1}}}))
    bundle.parts[head_name(size)] = other.parts[head_name(size)]
    assert codes(bundle.data()) == {102}
    bundle.parts[head_name(size)] = bundle.parts[head_name(EARLIER[0])]
    assert codes(bundle.data()) == {301}
    signed = sign_checkpoint(Checkpoint("ledger.example/o", size, bytes(32)), [KEY_OF_OTHER])
    bundle.parts[head_name(size)] = signed
    assert codes(bundle.data()) == {201}


KEY_OF_OTHER = SigningKey("ledger.example/o", ED25519, b"o" * 32)


@pytest.mark.parametrize("proof", [b"x", b"\n", b"a" * 44 + b"\n", b"AAAA\n" * 200, b"\xff\n"])
def test_a_proof_has_one_form(bundle: MadeBundle, proof: bytes) -> None:
    bundle.parts[growth_name(EARLIER[0])] = proof

    assert codes(bundle.data()) <= {102, 301}
    assert codes(bundle.data())


def test_a_head_without_a_quorum_dates_nothing(bundle: MadeBundle) -> None:
    written = bundle._written(EARLIER[0])
    bundle.parts[head_name(EARLIER[0])] = written.note([])
    done = checked(bundle.data())

    assert (done.findings, done.undated_heads) == ([], 1)
    assert "1 heads that date nothing" in "\n".join(bundle_lines(done))


def test_receipts_are_under_the_one_head_and_carry_nothing(bundle: MadeBundle) -> None:
    place = positions(bundle)[0]
    receipt = parse_receipt(bundle.parts[receipt_name(place)])
    for bad in (
        replace(receipt, checkpoint=bundle.log.note([])),
        replace(receipt, extra=b"more"),
    ):
        bundle.parts[receipt_name(place)] = bad.data()
        assert found(bundle.data()) == [(301, place - 1)]


def test_a_record_that_is_no_record_is_found(tmp_path: Path) -> None:
    rows = history(SIZE)
    spelt = [(*row[:4], b" " + row[4]) if row[0] == 8 else row for row in rows]
    assert (301, 7) in found(MadeBundle(tmp_path, spelt).data())


def test_what_the_maker_says_is_read(bundle: MadeBundle) -> None:
    bundle.parts[AUDIT_RESULT] = b'{"clean":false}'
    told = "\n".join(bundle_lines(checked(bundle.data())))
    assert "SOMETHING AGAINST THE RULES" in told
    for bad in (b"", b"[]", b"{}", b'{"clean":1}', b"[" * 100_000, b"\xff"):
        bundle.parts[AUDIT_RESULT] = bad
        assert codes(bundle.data()) == {301}
    bundle.parts[AUDIT_RESULT] = b'{"clean":true}'
    bundle.parts[MAKERS_POLICY] = b"nonsense\n"
    assert codes(bundle.data()) == {301}


def test_what_files_say_cannot_move_the_cursor(tmp_path: Path) -> None:
    evil = "auction-\x1b[2J"
    rows = history(SIZE)
    rows[39] = (40, evil, 1, "t", record(position=40, stream=evil))
    bundle = MadeBundle(tmp_path, rows)

    assert "\x1b" not in "\n".join(bundle_lines(checked(bundle.data())))
    assert found(bundle.data(bundle.manifest(subject=evil))) == [(301, None)]


def _said(bundle: MadeBundle, **other: Any) -> bytes:
    plain = json.loads(bundle.manifest().data()) | other
    spelt = json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()
    return pack_zip({MANIFEST: spelt, **bundle.parts})


@pytest.mark.parametrize(
    "other",
    [
        {"format": "svx-evidence/2"},
        {"version": 2},
        {"version": True},
        {"head": {"origin": ORIGIN, "size": 0, "root": base64_text(bytes(32))}},
        {"head": {"origin": ORIGIN, "size": 10**12, "root": base64_text(bytes(32))}},
        {"head": {"origin": 5, "size": SIZE, "root": base64_text(bytes(32))}},
        {"head": {"origin": ORIGIN, "size": SIZE, "root": "AAAA"}},
        {"head": {"origin": ORIGIN, "size": SIZE, "root": 5}},
        {"head": []},
        {"subject": ""},
        {"subject": "a b"},
        {"viewer": None},
        {"withheld": [3, 2]},
        {"withheld": [2, 2]},
        {"withheld": [0]},
        {"withheld": [SIZE + 1]},
        {"withheld": [1]},
        {"withheld": {}},
        {"withheld": [True]},
        {"parts": []},
        {"parts": {"../../etc/passwd": "0" * 64}},
        {"parts": {"records/1.json": "0" * 64}},
        {"parts": {record_name(1): "0" * 64}},
        {"parts": {record_name(0): "0" * 64, receipt_name(0): "0" * 64}},
        {"parts": {record_name(41): "0" * 64, receipt_name(41): "0" * 64}},
        {"parts": {head_name(3): "0" * 64}},
        {"parts": {head_name(40): "0" * 64, growth_name(40): "0" * 64}},
        {"parts": {HEAD_NOTE: "0" * 63}},
        {"parts": {HEAD_NOTE: "A" * 64}},
        {"more": 1},
    ],
)
def test_a_manifest_has_one_form(bundle: MadeBundle, other: dict[str, Any]) -> None:
    assert found(_said(bundle, **other)) == [(301, None)]


def test_a_manifest_is_there_once_and_in_one_spelling(bundle: MadeBundle) -> None:
    good = bundle.manifest().data()
    assert parse_manifest(good).data() == good
    for bad in (b"", b"{}", b" " + good, good.replace(b'"size":40', b'"size":40,"size":40')):
        assert found(pack_zip({MANIFEST: bad, **bundle.parts})) == [(301, None)]
    assert found(pack_zip(bundle.parts)) == [(301, None)]


def test_no_head_is_withheld(bundle: MadeBundle) -> None:
    del bundle.parts[HEAD_NOTE]

    assert found(bundle.data()) == [(401, None)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.data())
def test_nothing_that_is_done_to_a_part_crashes(
    bundle: MadeBundle, data: st.DataObject
) -> None:
    parts = unpack_zip(bundle.data())
    name = data.draw(st.sampled_from(sorted(parts)))
    bad = data.draw(mutated(parts[name]))
    kinds = codes(pack_zip(parts | {name: bad}))

    assert bool(kinds) == (bad != parts[name])
