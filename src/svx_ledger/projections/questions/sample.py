"""A monetary-unit sample of confirmed lines: every confirmed penny is as likely as any other.

The sampling unit is a penny, and the line that a chosen penny lies in is looked at: value-
weighted selection as in ISA 530, appendix 1 and appendix 4 (c). The pennies are chosen by cell
selection (Leslie, Teitlebaum and Anderson, *Dollar-Unit Sampling*, 1979): as many cells of
equal size as there are pennies to choose, and one penny at random from each. Fixed intervals
from one random start (appendix 4 (b)) would choose by pattern where lines come in a pattern.

Randomness is a published seed and the head of the log, through SHA-256, so that anybody can
draw the sample again, by hand if need be; docs/questions.md has the steps and an example. The
seed is published after the head is known, or comes from a source that nobody here controls:
who knows both beforehand could choose what is not looked at.
"""

from bisect import bisect_right
from collections.abc import Iterator
from hashlib import sha256
from itertools import accumulate
from typing import Final, NamedTuple, Protocol

from svx_ledger.domain.actor import Actor
from svx_ledger.eventlog.record import Row, leaf_of
from svx_ledger.projections.leverage.cut import cut_now
from svx_ledger.projections.leverage.lines import Line, lines
from svx_ledger.projections.view import View

from .asking import BadQuestion

CONTEXT: Final = "svx/sample/1"
"""Of these numbers: no other use of a seed gives the same."""
MOST: Final = 100_000


class Log(Protocol):
    """What is asked of a log: its records by position."""

    def rows(self, after: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stream records by position, those after `after`."""


class Head(NamedTuple):
    """The last record that a sample is drawn from: its position, and its Merkle leaf in hex."""

    position: int
    leaf: str

    @classmethod
    def of(cls, log: Log, position: int) -> "Head":
        """Return the head of a log at a position. Raises LookupError where it has none."""
        for row in log.rows(after=position - 1, limit=1):
            if row.position == position:
                return cls(position, leaf_of(row.record).hex())
        raise LookupError(f"the log has no position {position}")


class Sampled(NamedTuple):
    """A line that was chosen, by the penny with this number among all confirmed ones.

    `draw` is the number of the cell, from 1; the line holds pennies `first` to `last` of the
    `of_pence` that are confirmed in all. A line of a large value may be chosen more than once.
    The seed and the head say what the sample was drawn by.
    """

    draw: int
    penny: int
    pledge_id: str
    supplier_id: str
    community_id: str
    need_id: str
    measure: str
    confirmed_pence: int
    first: int
    last: int
    of_pence: int
    seed: str
    head_position: int
    head_leaf: str
    positions: tuple[int, ...]


def sample(
    view: View, viewer: Actor | None = None, *, seed: str, size: int, head: Head
) -> tuple[Sampled, ...]:
    """Return a monetary-unit sample of the confirmed lines, in the order of the draws.

    The population is every line of a contract with the confirmed value that counts, gross, in
    the order of its first confirmation: its sum is the confirmed social value of the leverage
    report. Nothing that is not confirmed can be chosen. Deliveries are public: everybody may
    draw. Raises BadQuestion for an empty seed, a size below 1 or above the number of pennies,
    and a head that is not that of the view.
    """
    del viewer
    if not seed or any("\ud800" <= sign <= "\udfff" for sign in seed):
        raise BadQuestion("a sample needs a published seed, in UTF-8")
    if head.position != view.position:
        raise BadQuestion(f"the head is at {head.position}, the view at {view.position}")
    confirmed = population(view)
    ends = list(accumulate(line.pence("confirmed", "gross") for line in confirmed))
    total = ends[-1] if ends else 0
    if not 1 <= size <= min(total, MOST):
        raise BadQuestion(f"a sample is of 1 to {min(total, MOST):,}")
    chosen = enumerate(pennies(seed, head, size, total), start=1)
    drawn_by = (total, seed, *head)
    return tuple(_sampled(confirmed, ends, drawn, drawn_by) for drawn in chosen)


def population(view: View) -> list[Line]:
    """Return the lines with confirmed value that counts, the first confirmed first."""
    every = lines(view.rows, cut_now(view))
    confirmed = (line for line in every if line.pence("confirmed", "gross") > 0)
    return sorted(confirmed, key=lambda line: min(line.stages["confirmed"].positions))


def pennies(seed: str, head: Head, size: int, total: int) -> Iterator[int]:
    """Give the chosen pennies, numbered from 0 over all `total`: one from each of `size` cells.

    Cell i (from 0) begins at ⌊i × total ÷ size⌋ and ends where the next begins. Its penny is
    its begin plus SHA-256 of five lines of text, as a number, modulo its length. The remainder
    favours no penny by more than one part in 2^190, for a total of the largest record.
    """
    for cell in range(size):
        begin, end = cell * total // size, (cell + 1) * total // size
        text = f"{CONTEXT}\n{seed}\n{head.position}\n{head.leaf}\n{cell + 1}\n"
        number = int.from_bytes(sha256(text.encode()).digest(), "big")
        yield begin + number % (end - begin)


def _sampled(
    confirmed: list[Line],
    ends: list[int],
    drawn: tuple[int, int],
    drawn_by: tuple[int, str, int, str],
) -> Sampled:
    draw, penny = drawn
    place = bisect_right(ends, penny)
    line = confirmed[place]
    value_pence = line.pence("confirmed", "gross")
    pledge = line.pledge
    assert pledge is not None  # nothing is confirmed without a contract
    return Sampled(
        draw,
        penny,
        pledge.pledge_id,
        line.supplier_id,
        pledge.community_id,
        line.need_id,
        line.measure,
        value_pence,
        ends[place] - value_pence,
        ends[place] - 1,
        *drawn_by,
        line.stages["confirmed"].positions,
    )
