"""What a read is: its address, what can be asked, and the function that answers.

A read's function sees one moment of the views and the log beside it, and returns one thing or a
list. It runs in a thread of this process, or in one of the processes for what takes long; what
it returns is written out there, so that only bytes come back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVar

from svx_ledger.api.cursors import Moment, Place
from svx_ledger.api.parameters import Parameter
from svx_ledger.api.problems import problem_of_refusal
from svx_ledger.api.refusals import Declined, no_such_thing
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.rule import Refusal
from svx_ledger.eventlog.store import Store
from svx_ledger.projections.view import View

T = TypeVar("T")
MOST: Final = 1000
"""Items of one page."""
USUAL: Final = 100


class Asking(NamedTuple):
    """One request for a read: the moment and the log it reads, who asks, and what for.

    `given` are the parameters, those in the path too. `limit` is None where all is asked for,
    as CSV is unless it is limited; `place` is where the page before ended. `as_table` says that
    CSV is asked for.
    """

    view: View
    store: Store
    viewer: Actor | None
    given: Mapping[str, Any]
    limit: int | None = USUAL
    place: Place | None = None
    as_table: bool = False

    def get(self, name: str) -> Any:
        """Return a parameter; None where it was left out."""
        return self.given.get(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """One thing.

    `final` says that it is of the past, and shown to everybody, so that it never changes.
    `version` is the stream's whose state it is, which a command can ask for.
    """

    value: Any
    version: int | None = None
    final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A whole list, of which a page is given; `columns` are attributes, as CSV has them.

    `moment` is what it is of where it can be made again: every page is of that of the first.
    """

    items: Sequence[Any]
    columns: Sequence[str]
    final: bool = False
    moment: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paged:
    """One page of a list that is read in pages; `ended` is the key of its last item.

    None where there is nothing after it. `line` makes the line of CSV of an item.
    """

    items: Sequence[Any]
    columns: Sequence[str]
    ended: Any = None
    line: Callable[[Any], Any] | None = None
    final: bool = False


Answer = One | Listed | Paged


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A read: `ask` answers it, and `answer` is the type of what it answers.

    `listed` says that it is given in pages, `table` that it can be had as CSV, `live` that it
    can be watched; `dated` that each page is of the moment of the first, whatever was recorded
    since; `takes_long` that it is answered apart, always, or `long_if_whole` where the whole of
    a list is asked for, or `long_if_only` where it is narrowed by these parameters alone;
    `of_bidder` that the bidder itself does not wait for it behind others.
    """

    name: str
    path: str
    tag: str
    summary: str
    ask: Callable[[Asking], Answer]
    answer: Any
    parameters: tuple[Parameter, ...] = ()
    listed: bool = False
    table: bool = False
    live: bool = False
    dated: bool = False
    takes_long: bool = False
    long_if_whole: bool = False
    long_if_only: frozenset[str] = frozenset()
    of_bidder: bool = False


def found(thing: T | None, kind: str) -> T:
    """Return a thing that was looked for. Raises Declined where there is none to be known."""
    if thing is None:
        raise no_such_thing(kind)
    return thing


def allowed(answer: T | Refusal) -> T:
    """Return an answer. Raises Declined where it is not for whoever asks."""
    if isinstance(answer, Refusal):
        raise Declined(problem_of_refusal(answer))
    return answer
