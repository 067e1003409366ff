"""Private texts through the whole write path: kept apart, shown to some, erased for good."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.erasing import EraseSubject
from svx_ledger.domain.kind import Event
from svx_ledger.domain.organisation import (
    Identifier,
    Organisation,
    OrganisationRegistered,
    RegisterOrganisation,
)
from svx_ledger.domain.private import Private, SubjectErased
from svx_ledger.eventlog.commands import command_bytes, sha256_of
from svx_ledger.eventlog.private_fields import COMMITS, commitment_of
from svx_ledger.eventlog.private_texts import (
    ALTERED,
    ERASED,
    PRIVATE,
    private_texts,
    reapply_erasures,
)
from svx_ledger.eventlog.record import leaf_of, read_record
from svx_ledger.eventlog.store import Store
from svx_ledger.ledger import Ledger, Refusal, Sequenced
from svx_ledger.ledger.answer import Answer
from svx_ledger.proofs.tree.compact_range import root_over
from tests.ledger.conftest import OPERATOR, clock, ledger, store, store_url

__all__ = ["clock", "ledger", "store", "store_url"]

STREAM = "organisation-brightway"
TEXT = "Ask for the treasurer, canary-51c0 (fictional)"
SALT = "5a" * 32
REGISTER = RegisterOrganisation(
    organisation_id=STREAM,
    name="Brightway (fictional)",
    side="supplier",
    identifiers=(Identifier(scheme="GB-COH", id="01234567"),),
    contact=Private(text=TEXT, salt=SALT),
)
BIDDER = Actor(id="person-bidder", role="supplier.bidder", organisation=STREAM)
OTHER = replace(BIDDER, organisation="organisation-harbour")
AUDITOR = Actor(id="person-auditor", role="auditor")
COMMITMENT = commitment_of(
    STREAM, 1, "contact", salt=bytes.fromhex(SALT), payload=TEXT.encode()
)
ERASE = EraseSubject(
    stream=STREAM, commitments=(COMMITMENT,), basis="data-subject-request", reason="DSR-1"
)


def registered(ledger: Ledger) -> OrganisationRegistered:
    answer = ledger.execute(REGISTER, OPERATOR, "register")
    assert isinstance(answer, Sequenced), answer
    [(_, event)] = answer.events
    assert isinstance(event, OrganisationRegistered)
    return event


def erased(ledger: Ledger) -> SubjectErased:
    answer = ledger.execute(ERASE, OPERATOR, "erase")
    assert isinstance(answer, Sequenced), answer
    [(_, event)] = answer.events
    assert isinstance(event, SubjectErased)
    return event


def shown(store: Store, reader: Actor | None, event: Event | None = None) -> object:
    recorded = read_record(next(store.stream(STREAM)))
    return private_texts(
        store, STREAM, event or recorded.event, written_by=recorded.actor, reader=reader
    )


def test_the_record_holds_a_commitment_and_nothing_else(ledger: Ledger, store: Store) -> None:
    event = registered(ledger)

    assert event.contact == Private(commitment=COMMITMENT)
    records = b"".join(row.record for row in store.rows())
    assert COMMITMENT.encode() in records
    assert b"canary" not in records
    assert SALT.encode() not in records
    kept = store.private(COMMITMENT)
    assert kept is not None
    assert kept.payload == TEXT.encode()
    outcome = store.outcome(OPERATOR.principal, "register")
    assert outcome is not None
    assert outcome.sha256 == sha256_of(command_bytes(REGISTER))


def test_a_record_that_commits_to_a_text_is_told_by_its_bytes(
    ledger: Ledger, store: Store
) -> None:
    registered(ledger)
    without = replace(
        REGISTER,
        organisation_id="organisation-harbour",
        name='{"commitment":"c0"} "commitment":',
        identifiers=(Identifier(scheme="GB-COH", id="01234568"),),
        contact=None,
    )
    assert isinstance(ledger.execute(without, OPERATOR, "without"), Sequenced)
    erased(ledger)
    told = [row.stream for row in store.rows() if COMMITS in row.record]

    assert told == [STREAM]
    assert b"commitment" in [row.record for row in store.rows()][-2]


def test_the_state_and_the_log_say_the_same(ledger: Ledger, store: Store) -> None:
    event = registered(ledger)
    [again] = [read_record(row) for row in store.stream(STREAM)]
    state = ledger.state(Organisation, STREAM)

    assert again.event == event
    assert state is not None
    assert state.private == {COMMITMENT}


def test_a_repeat_gets_the_first_answer_also_once_it_is_erased(ledger: Ledger) -> None:
    event = registered(ledger)
    assert registered(ledger) == event
    erased(ledger)
    assert registered(ledger) == event
    salted = replace(REGISTER, contact=Private(text=TEXT, salt="00" * 32))
    other = ledger.execute(salted, OPERATOR, "register")

    assert isinstance(other, Refusal)
    assert other.rule.name == "command-id-reused"


def test_the_command_reads_back_without_the_text(ledger: Ledger, store: Store) -> None:
    registered(ledger)
    [row] = store.stream(STREAM)
    back = RegisterOrganisation.of([(STREAM, read_record(row).event)])

    assert back == replace(REGISTER, contact=Private(commitment=COMMITMENT))


def test_a_command_without_its_text_is_malformed(ledger: Ledger) -> None:
    only = replace(REGISTER, contact=Private(commitment=COMMITMENT))
    answer = ledger.execute(only, OPERATOR)

    assert isinstance(answer, Refusal)
    assert answer.rule.name == "wrong-type"
    assert answer.facts["pointer"] == "/contact"


def test_erasing_leaves_every_record_and_proof_as_it_was(ledger: Ledger, store: Store) -> None:
    registered(ledger)
    before = list(store.rows())
    leaves = [leaf_of(row.record) for row in before]
    event = erased(ledger)
    after = list(store.rows())

    assert event.commitments == (COMMITMENT,)
    assert after[: len(before)] == before
    assert [leaf_of(row.record) for row in after[: len(before)]] == leaves
    assert root_over(leaf_of(row.record) for row in after[: len(before)]) == root_over(leaves)
    assert store.private(COMMITMENT) is None
    state = ledger.state(Organisation, STREAM)
    assert state is not None
    assert state.private == set()


def test_erasing_twice_is_refused(ledger: Ledger) -> None:
    registered(ledger)
    erased(ledger)
    again = ledger.execute(ERASE, OPERATOR, "again")

    assert isinstance(again, Refusal)
    assert again.rule.name == "nothing-to-erase"


def test_text_and_erasure_in_one_batch(ledger: Ledger, store: Store) -> None:
    """Given at the same time, so that one transaction has both."""

    async def both() -> tuple[Answer, Answer]:
        return await asyncio.gather(
            ledger.submit(REGISTER, OPERATOR, "register"),
            ledger.submit(ERASE, OPERATOR, "erase"),
        )

    first, second = asyncio.run(both())

    assert isinstance(first, Sequenced)
    if isinstance(second, Refusal):  # it was faster than the registration
        assert second.rule.name == "not-found"
    else:
        assert store.private(COMMITMENT) is None


def test_many_texts_of_an_import_are_all_kept(ledger: Ledger, store: Store) -> None:
    commands = [
        replace(
            REGISTER,
            organisation_id=f"organisation-{n:04d}",
            name=f"Brightway {n} (fictional)",
            identifiers=(Identifier(scheme="GB-COH", id=f"{n:08d}"),),
            contact=Private(text=f"{TEXT} {n}", salt=f"{n:064x}"),
        )
        for n in range(50)
    ]
    answers = ledger.execute_all([(command, None) for command in commands], OPERATOR)

    assert all(isinstance(answer, Sequenced) for answer in answers)
    for n in range(50):
        payload = f"{TEXT} {n}".encode()
        made = commitment_of(
            f"organisation-{n:04d}", 1, "contact", salt=n.to_bytes(32, "big"), payload=payload
        )
        kept = store.private(made)
        assert kept is not None
        assert kept.payload == payload


def test_the_text_is_shown_to_some_until_it_is_erased(ledger: Ledger, store: Store) -> None:
    registered(ledger)

    assert shown(store, None) == {"contact": PRIVATE}
    assert shown(store, OTHER) == {"contact": PRIVATE}
    assert shown(store, OPERATOR) == {"contact": PRIVATE}
    assert shown(store, BIDDER) == {"contact": TEXT}
    assert shown(store, AUDITOR) == {"contact": TEXT}
    erased(ledger)
    for reader in (None, BIDDER, AUDITOR):
        assert shown(store, reader) == {"contact": ERASED}


def test_what_has_no_private_text_shows_none(ledger: Ledger, store: Store) -> None:
    ledger.execute(replace(REGISTER, contact=None), OPERATOR)

    assert shown(store, AUDITOR) == {}


def test_an_altered_text_is_not_shown(ledger: Ledger, store: Store) -> None:
    registered(ledger)
    row = store.private(COMMITMENT)
    assert row is not None
    made = "f" * 64
    writer = store.writer()
    writer.begin([], [], {}, 0)
    writer.append([], [], [], private=[row._replace(commitment=made)])
    writer.close()
    event = read_record(next(store.stream(STREAM))).event
    assert isinstance(event, OrganisationRegistered)

    altered = replace(event, contact=Private(commitment=made))
    assert shown(store, AUDITOR, altered) == {"contact": ALTERED}
    assert shown(store, None, altered) == {"contact": PRIVATE}


def test_after_a_restore_what_was_erased_is_erased_again(ledger: Ledger, store: Store) -> None:
    registered(ledger)
    kept = store.private(COMMITMENT)
    assert kept is not None
    other = replace(
        REGISTER,
        organisation_id="organisation-harbour",
        name="Harbour (fictional)",
        identifiers=(Identifier(scheme="GB-COH", id="07654321"),),
    )
    answer = ledger.execute(other, OPERATOR)
    assert isinstance(answer, Sequenced)
    [(_, event)] = answer.events
    assert isinstance(event, OrganisationRegistered)
    assert event.contact is not None
    erased(ledger)
    before = list(store.rows())
    assert reapply_erasures(store) == 0
    writer = store.writer()
    writer.begin([], [], {}, 0)
    writer.append([], [], [], private=[kept])
    writer.close()
    assert store.private(COMMITMENT) == kept

    assert reapply_erasures(store) == 1
    assert store.private(COMMITMENT) is None
    assert store.private(event.contact.commitment or "") is not None
    assert list(store.rows()) == before
    assert reapply_erasures(store) == 0


def test_a_text_is_in_no_log_line_and_no_failure(
    ledger: Ledger, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        message = f"cannot decide on {REGISTER!r}"
        raise RuntimeError(message)

    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(RegisterOrganisation, "decide", fails)
    with pytest.raises(Exception, match="RuntimeError") as failure:
        ledger.execute(REGISTER, OPERATOR)

    assert "canary" not in caplog.text
    assert SALT not in caplog.text
    assert "canary" not in repr(failure.value)


def test_no_byte_of_it_is_left_in_an_sqlite_ledger(
    ledger: Ledger, store_url: str, tmp_path: Path
) -> None:
    if not store_url.startswith("sqlite"):
        pytest.skip("a server's files are not ours to look at")
    registered(ledger)

    def contents() -> bytes:
        return b"".join(file.read_bytes() for file in tmp_path.iterdir())

    assert b"canary" in contents()
    erased(ledger)
    assert b"canary" not in contents()
    assert bytes.fromhex(SALT) not in contents()
