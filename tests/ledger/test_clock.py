"""The clock guard: a clock that jumps stops the writing until a person accepts the step."""

from datetime import UTC, datetime, timedelta

import pytest

from svx_ledger.domain.book import Book
from svx_ledger.ledger import ClockRefused, SimulatedClock, SystemClock
from svx_ledger.ledger import clock as clock_module

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Machine:
    """A machine whose wall clock and monotonic clock the test moves apart."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall = AT
        self.monotonic = 1000.0
        monkeypatch.setattr(clock_module, "wall_clock", lambda: self.wall)
        monkeypatch.setattr(clock_module, "uptime", lambda: self.monotonic)

    def run(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.monotonic += seconds


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def check(
    clock: SystemClock,
    *,
    server: datetime | None = None,
    last: datetime | None = None,
    ledger: Book | None = None,
) -> datetime:
    now = clock.now(server, clock.wall())
    clock.check(last, ledger)
    return now


def book(steps: int, until: datetime | None) -> Book:
    return Book(first_origin="x", epoch=1, clock="real", steps=steps, accepted_until=until)


@pytest.mark.parametrize("step", [1.5, -1.5, 3600, -3600])
def test_a_step_is_refused_until_it_is_accepted(machine: Machine, step: float) -> None:
    clock = SystemClock()
    check(clock)
    machine.run(10)
    check(clock)
    machine.wall += timedelta(seconds=step)

    for _ in range(2):
        with pytest.raises(ClockRefused, match="jumped"):
            check(clock, ledger=book(0, None))
    check(clock, ledger=book(1, machine.wall))


def test_a_slow_correction_is_not_a_step(machine: Machine) -> None:
    clock = SystemClock()

    for _ in range(20):
        check(clock)
        machine.run(1)
        machine.wall += timedelta(seconds=0.9)


def test_time_is_the_servers_where_it_has_one(machine: Machine) -> None:
    server = machine.wall + timedelta(seconds=0.5)

    assert check(SystemClock(), server=server) == server


@pytest.mark.parametrize("skew", [1.1, -1.1])
def test_a_server_far_from_this_machine_is_refused(machine: Machine, skew: float) -> None:
    with pytest.raises(ClockRefused, match="server"):
        check(SystemClock(), server=machine.wall + timedelta(seconds=skew))


def test_a_log_ahead_of_the_clock_is_refused(machine: Machine) -> None:
    check(SystemClock(), last=machine.wall + 5 * SECOND)

    ahead = machine.wall + 5 * SECOND + timedelta(microseconds=1)
    with pytest.raises(ClockRefused, match="behind the last record"):
        check(SystemClock(), last=ahead)
    check(SystemClock(), last=ahead, ledger=book(1, ahead))


def test_accepted_time_creeps_but_does_not_jump_again(machine: Machine) -> None:
    accepted = machine.wall + timedelta(days=1)

    check(SystemClock(), last=accepted + timedelta(seconds=60), ledger=book(1, accepted))
    with pytest.raises(ClockRefused):
        check(SystemClock(), last=accepted + timedelta(seconds=61), ledger=book(1, accepted))


def test_simulated_time_only_moves_forward() -> None:
    clock = SimulatedClock(AT)
    clock.advance_to(AT + SECOND)

    assert clock.wall() == AT + SECOND
    with pytest.raises(ValueError, match="forward"):
        clock.advance_to(AT)
