"""One call: its attempts, how long they go on, and what each answer means. No I/O is in it.

The two clients send what `request` says, wait between attempts as tenacity says, and give
`judge` what they heard. It returns the result, or raises what became of the call; whether
another attempt follows hangs on that.
"""

import random
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from time import monotonic
from typing import ClassVar, Final, Generic, TypeVar

import tenacity

from .asked import Heard, Lost, OtherShape, Reply, Request, problem_of
from .outcomes import NotAnswered, Problem, Refused, Unanswered

T = TypeVar("T")
LONGEST_WAIT: Final = 2.0
"""Seconds between two attempts, unless the exchange asks for more."""
PASSING: Final = frozenset({408, 429, 502, 503, 504})
"""What is answered where the same request may find better luck."""
REDIRECTED: Final = Problem(
    name="redirected",
    status=308,
    title="The answer leads elsewhere. The client does not follow: its key is for here.",
    remedy="Mend base_url.",
)


@dataclass(frozen=True, slots=True)
class Patience:
    """For how many seconds one attempt waits for an answer, and a call goes on trying.

    With 0 for the second there is one attempt.
    """

    timeout: float
    retry_for: float

    def __post_init__(self) -> None:
        if not (self.timeout > 0 and self.retry_for >= 0):
            raise ValueError("timeout is more than 0 seconds, and retry_for not less than 0")


class Attempts:
    """The attempts of one call, for either sort of client, with the pauses between them."""

    def __init__(self, pause: Callable[[BaseException | None, int], float | None]) -> None:
        pauses: list[float] = []

        def again(state: tenacity.RetryCallState) -> bool:
            failure = state.outcome.exception() if state.outcome else None
            seconds = None if failure is None else pause(failure, state.attempt_number)
            pauses[:] = () if seconds is None else (seconds,)
            return seconds is not None

        def wait(_: tenacity.RetryCallState) -> float:
            return pauses[0]

        self._retry, self._wait = again, wait

    def __iter__(self) -> Iterator[tenacity.AttemptManager]:
        return iter(tenacity.Retrying(retry=self._retry, wait=self._wait, reraise=True))

    def __aiter__(self) -> AsyncIterator[tenacity.AttemptManager]:
        retrying = tenacity.AsyncRetrying(retry=self._retry, wait=self._wait, reraise=True)
        return aiter(retrying)


class Call(Generic[T]):
    """A read, or what `Giving` makes of it: a command.

    It ends within `retry_for`. No attempt is begun that would be short of time: one that is cut
    off leaves a command in doubt.
    """

    answered: ClassVar[frozenset[int]] = frozenset({200})
    """The statuses of answers; all others are problems."""
    awaited: ClassVar[frozenset[str]] = frozenset()
    """Problems that pass by themselves: what is asked for is not there yet."""

    def __init__(
        self, request: Request, patience: Patience, taken: Callable[[Heard], T]
    ) -> None:
        self.request = request
        self.patience = patience
        self._taken = taken
        self._deadline = monotonic() + (patience.retry_for or patience.timeout)

    def attempts(self) -> Attempts:
        """Return the attempts, with growing pauses, as long as there is time for one more."""
        return Attempts(self._pause)

    def until(self) -> float:
        """Return when, on the monotonic clock, the attempt that begins now must have ended."""
        return min(monotonic() + self.patience.timeout, self._deadline)

    def judge(self, reply: Reply) -> T:
        """Return what was asked for. Raises Refused, and what `_unanswered` makes."""
        if isinstance(reply, Lost):
            raise self._unanswered(reply)
        if reply.status in self.answered:
            try:
                return self._taken(reply)
            except OtherShape as other:
                unread, hopeless = str(other), True
            except (ValueError, KeyError, TypeError, LookupError):
                unread, hopeless = "the answer cannot be read", False
            raise self._unanswered(Lost(unread, sent=True, hopeless=hopeless))
        if 300 <= reply.status < 400:
            raise self._refused(replace(REDIRECTED, status=reply.status))
        problem = problem_of(reply)
        passing = reply.status in PASSING or problem.name in self.awaited
        if 400 <= reply.status < 500 and not passing:
            raise self._refused(problem)
        raise self._unanswered(problem, reply.retry_after)

    def _refused(self, problem: Problem) -> Exception:
        return Refused(problem)

    def _unanswered(self, why: Lost | Problem, retry_after: float | None = None) -> Unanswered:
        """Return what is said where no final answer came."""
        if isinstance(why, Problem):
            return NotAnswered(
                reason=str(why),
                problem=why,
                retry_after=retry_after,
                repeatable=why.status in PASSING or why.name in self.awaited,
            )
        return NotAnswered(reason=why.how, repeatable=not why.hopeless)

    @property
    def _longest_wait(self) -> float:
        return min(LONGEST_WAIT, self.patience.retry_for / 10)

    def _pause(self, failure: BaseException | None, attempts: int) -> float | None:
        """Return after how many seconds to try again; None where there is no next attempt."""
        if not isinstance(failure, Unanswered) or not failure.repeatable:
            return None
        if not self.patience.retry_for:  # one attempt, whatever the exchange says of a next one
            return None
        longest = self._longest_wait
        left = self._deadline - monotonic() - longest  # an attempt takes time as well
        least = longest / 20
        if failure.retry_after is None:
            growing = min(longest, least * 2.0 ** min(attempts - 1, 10))
            spread = random.uniform(0.0, longest / 10)  # noqa: S311 - not all at once
            return growing + spread if left > longest > 0 else None
        spread = random.uniform(0.0, longest / 2)  # noqa: S311 - not all at once
        wait = max(failure.retry_after, least) + spread
        return wait if wait < left else None
