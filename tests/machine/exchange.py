"""The state machine: Hypothesis chooses numbers; each number is the next thing to happen."""

from collections.abc import Callable
from typing import Any

from benchmarks.generator.world import Asked
from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from .stage import Stage
from .steps import Steps
from .tally import Tally

MOST = 2**16 - 1
BURSTS = 30
WORLDS_A_RUN = 5
"""Worlds that one run of Hypothesis plays, of about 1,350 steps each."""
numbers = st.integers(0, MOST)
"""A step each; 0 is none, so that what matters not is soon left out."""

Places = Callable[[], tuple[list[str], Callable[[], None]]]
"""Gives the addresses of empty stores for one world, and what removes them."""


class Exchange(RuleBasedStateMachine):
    """One world and its ledgers, from their opening to a last look at what is stored."""

    places: Places
    tally: Tally

    def __init__(self) -> None:
        super().__init__()
        urls, self._remove = type(self).places()
        self._stage = Stage(urls, type(self).tally)
        self._steps = Steps(self._stage.world)
        self._sound = True

    @rule(burst=st.lists(numbers, min_size=30, max_size=60))
    def play(self, burst: list[int]) -> None:
        """Play a burst of steps, and look at what it left on every ledger."""
        self._sound = False
        for number in burst:
            if number:
                self._play(number)
        self._stage.check()
        self._sound = True

    @rule(number=numbers)
    def tick(self, number: int) -> None:
        """Wait, and let the ticker look at what is due."""
        self._sound = False
        self._stage.wait_until(self._steps.later(number))
        self._stage.tick()
        self._sound = True

    def teardown(self) -> None:
        """Read everything back, unless something is known to be wrong already."""
        try:
            if self._sound:
                self._stage.finish()
        finally:
            self._stage.close()
            self._remove()

    def _play(self, number: int) -> None:
        step = self._steps.step(number)
        if isinstance(step, Asked):
            note(f"{self._stage.world.next_instant()} {step}")
            self._stage.give(step)
        else:
            note(f"wait until {step}")
            self._stage.wait_until(step)


def run(places: Places, tally: Tally, *, number: int) -> None:
    """Play some worlds, other ones for each number."""
    machine: Any = type(
        "Exchange", (Exchange,), {"places": staticmethod(places), "tally": tally}
    )
    run_state_machine_as_test(
        seed(number)(machine),
        settings=settings(
            max_examples=WORLDS_A_RUN,
            stateful_step_count=BURSTS,
            deadline=None,
            database=None,
            derandomize=False,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        ),
    )
