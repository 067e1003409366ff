"""What a caller is told, and what is on the log afterwards."""

import asyncio
import threading
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from svx_ledger.domain import vocabulary
from svx_ledger.domain.actor import CLOCK, Actor
from svx_ledger.domain.book import AcceptClockStep
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.organisation import (
    Identifier,
    Organisation,
    RegisterOrganisation,
    SuspendOrganisation,
    VerifyOrganisation,
)
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import leaf_of, read_record
from svx_ledger.eventlog.store import MAX_TAIL, Store
from svx_ledger.ledger import (
    CommandFailed,
    Ledger,
    Refusal,
    Sequenced,
    SimulatedClock,
    SystemClock,
    WrongClock,
)

from .conftest import OPEN, OPERATOR, START


def register(n: int, name: str = "An organisation") -> RegisterOrganisation:
    return RegisterOrganisation(
        organisation_id=f"organisation-{n:06d}",
        name=name,
        side="supplier",
        identifiers=(Identifier(scheme="GB-COH", id=f"{n:08d}"),),
    )


def done(answer: object) -> Sequenced:
    assert isinstance(answer, Sequenced), answer
    return answer


def refused(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.rule.name


def test_a_ledger_begins_with_its_opening(store: Store, clock: SimulatedClock) -> None:
    with Ledger(store, clock=clock) as ledger:
        before = ledger.execute(register(1), OPERATOR)
        opened = ledger.execute(OPEN, OPERATOR)
        again = ledger.execute(replace(OPEN, ledger_id="ledger-other"), OPERATOR)

    assert refused(before) == "ledger-not-open"
    assert done(opened).first_position == 1
    assert refused(again) == "already-open"


def test_an_event_is_told_with_its_position_and_version(ledger: Ledger) -> None:
    first = done(ledger.execute(register(1), OPERATOR))
    second = done(
        ledger.execute(
            VerifyOrganisation(organisation_id="organisation-000001", basis="checked"), OPERATOR
        )
    )

    assert (first.first_position, first.version) == (2, 1)
    assert (second.first_position, second.version) == (3, 2)
    state = ledger.state(Organisation, "organisation-000001")
    assert state is not None
    assert state.verified


def test_the_same_command_id_returns_the_first_answer(ledger: Ledger) -> None:
    first = ledger.execute(register(1), OPERATOR, "id-1")
    taken = replace(register(2), identifiers=register(1).identifiers)
    refusal = ledger.execute(taken, OPERATOR, "id-2")

    assert ledger.execute(register(1), OPERATOR, "id-1") == first
    assert ledger.execute(taken, OPERATOR, "id-2") == refusal
    assert refused(refusal) == "identifier-taken"
    assert ledger.store.head().position == 2


def test_the_same_command_id_with_another_payload_is_refused(ledger: Ledger) -> None:
    ledger.execute(register(1), OPERATOR, "id-1")

    assert refused(ledger.execute(register(2), OPERATOR, "id-1")) == "command-id-reused"


def test_a_command_id_is_its_owners(ledger: Ledger) -> None:
    ledger.execute(register(1), OPERATOR, "id-1")
    other = replace(OPERATOR, id="person-other")

    assert done(ledger.execute(register(2), other, "id-1")).first_position == 3


def test_nobody_speaks_for_the_clock(ledger: Ledger) -> None:
    forged = Actor(id="person-forger", role="clock")

    assert refused(ledger.execute(register(1), OPERATOR, "clock:x")) == "bad-command-id"
    assert refused(ledger.execute(register(1), OPERATOR, "")) == "bad-command-id"
    assert refused(ledger.execute(register(1), OPERATOR, "a" * 129)) == "bad-command-id"
    assert refused(ledger.execute(register(1), forged)) == "role-not-allowed"
    assert refused(ledger.execute(register(1), CLOCK)) == "role-not-allowed"


def test_an_expected_version_must_match(ledger: Ledger) -> None:
    ledger.execute(register(1), OPERATOR)
    verify = VerifyOrganisation(organisation_id="organisation-000001", basis="checked")

    assert refused(ledger.execute(verify, OPERATOR, expected_version=0)) == "version-mismatch"
    assert done(ledger.execute(verify, OPERATOR, expected_version=1)).version == 2


def test_malformed_commands_leave_nothing_behind(ledger: Ledger) -> None:
    hidden = register(1, name="in\u202evisible")

    answer = ledger.execute(hidden, OPERATOR, "id-1")

    assert refused(answer) == "bad-text"
    assert ledger.store.outcome(OPERATOR.id, "id-1") is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poison(Command):
    """A command whose decider is broken."""

    organisation_id: str

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Fail as a bug would."""
        del states, actor, now
        raise ZeroDivisionError


def test_a_poisoned_command_fails_alone(ledger: Ledger) -> None:
    answers: dict[int, object] = {}

    def call(n: int) -> None:
        command = Poison(organisation_id="organisation-bad") if n % 5 == 0 else register(n)
        try:
            answers[n] = ledger.execute(command, OPERATOR, f"id-{n}")
        except CommandFailed as failure:
            answers[n] = failure

    threads = [threading.Thread(target=call, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    failed = {n for n, answer in answers.items() if isinstance(answer, CommandFailed)}
    assert failed == {0, 5, 10, 15}
    assert ledger.store.head().position == 1 + 16
    assert ledger.store.outcome(OPERATOR.id, "id-5") is None


def test_recorded_time_grows_although_the_clock_stands_still(ledger: Ledger) -> None:
    instants = [done(ledger.execute(register(n), OPERATOR)).recorded_at for n in range(5)]

    assert instants == [START + timedelta(microseconds=n) for n in range(1, 6)]


def test_prev_links_each_stream_to_the_opening(ledger: Ledger) -> None:
    ledger.execute(register(1), OPERATOR)
    ledger.execute(
        VerifyOrganisation(organisation_id="organisation-000001", basis="checked"), OPERATOR
    )

    opening, registered, verified = ledger.store.rows()
    assert read_record(opening).prev is None
    assert read_record(registered).prev == leaf_of(opening.record).hex()
    assert read_record(verified).prev == leaf_of(registered.record).hex()


def test_an_event_loop_is_answered_as_threads_are(ledger: Ledger) -> None:
    async def callers() -> list[object]:
        commands = [register(n) for n in range(50)]
        return list(
            await asyncio.gather(
                *(ledger.submit(c, OPERATOR, c.organisation_id) for c in commands)
            )
        )

    first, again = asyncio.run(callers()), asyncio.run(callers())

    assert sorted(done(a).first_position for a in first) == list(range(2, 52))
    assert again == first


def test_an_import_keeps_its_order(ledger: Ledger) -> None:
    answers = ledger.execute_all([(register(n), None) for n in range(300)], OPERATOR)

    assert [done(a).first_position for a in answers] == list(range(2, 302))


@pytest.mark.usefixtures("ledger")
def test_real_and_simulated_time_never_meet(store: Store) -> None:
    with pytest.raises(WrongClock, match="simulated"):
        Ledger(store, clock=SystemClock())


def test_a_second_process_is_caught_up_with(
    ledger: Ledger, store_url: str, clock: SimulatedClock
) -> None:
    ledger.execute(register(1), OPERATOR)
    with Ledger(open_store(store_url), clock=clock) as other:
        verify = VerifyOrganisation(organisation_id="organisation-000001", basis="checked")
        assert done(other.execute(verify, OPERATOR)).first_position == 3
        assert refused(ledger.execute(verify, OPERATOR)) == "wrong-state"
        assert done(ledger.execute(register(2), OPERATOR)).first_position == 4
        assert refused(other.execute(register(2), OPERATOR)) == "already-exists"


def test_no_call_outlives_the_ledger(store: Store, clock: SimulatedClock) -> None:
    ledger = Ledger(store, clock=clock)
    ledger.execute(OPEN, OPERATOR)
    ledger.close()

    with pytest.raises(Exception, match="closed"):
        ledger.execute(register(1), OPERATOR)


def test_the_vocabulary_gives_every_rule_one_name() -> None:
    assert all(rule.name == name for name, rule in vocabulary.RULES.items())
    assert "identifier-taken" in vocabulary.RULES


def test_a_long_tail_of_another_process_is_read_outside_the_lock(
    ledger: Ledger, store_url: str, clock: SimulatedClock
) -> None:
    step = AcceptClockStep(
        ledger_id=OPEN.ledger_id, reason="a test", clock_at=START, last_recorded_at=START
    )
    done(ledger.execute(step, OPERATOR))
    with closing(open_store(store_url)) as store, Ledger(store, clock=clock) as other:
        other.execute_all([(step, None)] * (2 * MAX_TAIL + 7), OPERATOR)

    assert done(ledger.execute(step, OPERATOR)).version == 2 * MAX_TAIL + 10
    assert done(ledger.execute(register(1), OPERATOR)).version == 1


def test_who_may_not_act_learns_no_version(ledger: Ledger) -> None:
    """Versions count events that may be hidden: whether one is stale is told to whom it is."""
    ledger.execute(register(1), OPERATOR)
    suspend = SuspendOrganisation(organisation_id="organisation-000001", reason="a wish")
    rival = Actor(id="person-r", role="supplier.signatory", organisation="organisation-000002")

    answer = ledger.execute(suspend, rival, expected_version=999)

    assert isinstance(answer, Refusal)
    assert answer.rule.kind == "forbidden"
