"""What a run of one side gives, and running sides in turn so that noise meets both."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of one side: how much was done, how long it took, how long each caller waited."""

    count: int
    seconds: float
    waits: list[float] = field(default_factory=list)
    """Seconds, one for each call, where callers wait for calls."""
    shares: tuple[int, ...] = ()
    """How much each process did, where there are several."""

    @property
    def rate(self) -> float:
        """What was done in a second."""
        return self.count / self.seconds

    def wait(self, share: float) -> float:
        """Return the wait in seconds that this share of the calls did not exceed."""
        if not self.waits:
            return 0.0
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


Side = Callable[[], Sample]


def in_turn(what: str, sides: Mapping[str, Side], rounds: int) -> dict[str, Sample]:
    """Run each side once to warm up, then A B A B …; return each side's median run by rate."""
    runs: dict[str, list[Sample]] = {name: [] for name in sides}
    for number in range(rounds + 1):
        for name, side in sides.items():
            note = f"round {number} of {rounds}" if number else "warming up"
            progress(f"{what}: {name}, {note}")
            sample = side()
            if number or not rounds:
                runs[name].append(sample)
    progress("")
    return {name: _median(samples) for name, samples in runs.items()}


def _median(samples: list[Sample]) -> Sample:
    middle = median(sample.rate for sample in samples)
    return min(samples, key=lambda sample: abs(sample.rate - middle))


def progress(text: str) -> None:
    """Show on stderr what runs now: one line that is written over, where a person looks on."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
    elif text:
        sys.stderr.write(f"{text}\n")
