"""Who benefits: small groups, by whom they are led, whom they serve, and where they are."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.values import EXACT
from svx_ledger.projections.leverage.cut import cut_now
from svx_ledger.projections.leverage.lines import Line, lines
from svx_ledger.projections.leverage.vocabulary import Stage
from svx_ledger.projections.table import Rows
from svx_ledger.projections.view import View

from .asking import positions
from .body_marks import DESCRIPTION
from .suppression import LEAST, Part, told

TOTAL: Final = "all"
NOT_STATED: Final = "not stated"
COUNTED: Final[tuple[Stage, ...]] = ("awarded", "confirmed")
SMALL: Final = frozenset({"under-10k", "10k-to-100k"})
"""Yearly income under £100,000: NCVO's micro and small organisations."""


class Benefit(NamedTuple):
    """What organisations of one kind have by contract, and what of it arrived, gross.

    `share` is of all that was confirmed, rounded half to even at the ten-thousandth. A cell of
    fewer than five organisations is `suppressed`, and so is one from which such a cell would
    follow: then nothing but its name is told, and no positions, for these would tell who.
    """

    by: str
    category: str
    organisations: int | None
    awarded_pence: int | None
    confirmed_pence: int | None
    share: Decimal | None
    suppressed: bool
    positions: tuple[int, ...]


def beneficiaries(view: View, viewer: Actor | None = None) -> tuple[Benefit, ...]:
    """Return who benefits from contracts: by income band, led by, served, place and share.

    What organisations say of themselves is their own word, and who says nothing is `not
    stated`. Somebody led by several groups, or serving several, stands under each: these cells
    overlap and do not sum to the total. Places are those of the needs. `top five` are the five
    organisations with the most confirmed. Who may ask: everybody.
    """
    del viewer
    bound = [x for x in lines(view.rows, cut_now(view)) if x.pledge and "awarded" in x.stages]
    return tuple(
        row for family in _families(view.rows, bound) for row in _told_of(family, bound)
    )


Categories = Callable[[Line], list[str]]
Family = dict[str, Categories]
"""Ways of sorting that are told or held back together: one's sums bear on the other's."""


def _families(rows: Rows, bound: list[Line]) -> list[Family]:
    traits = {of: _traits(rows, of) for of in {_community(line) for line in bound}}
    top = _top_five(bound)

    def stated(trait: str) -> Categories:
        return lambda line: traits[_community(line)].get(trait) or [NOT_STATED]

    def size(line: Line) -> list[str]:
        band = traits[_community(line)].get("income-band")
        if not band:
            return [NOT_STATED]
        return ["small (under £100,000)" if band[0] in SMALL else "larger"]

    return [
        {"size": size, "income-band": stated("income-band")},
        {"led-by": stated("led-by")},
        {"serves": stated("serves")},
        {
            "police-force": lambda line: [_place(line)[0]],
            "local-authority": lambda line: [_place(line)[1]],
        },
        {"top five": lambda line: ["top five" if _community(line) in top else "the rest"]},
    ]


def _told_of(family: Family, bound: list[Line]) -> Iterator[Benefit]:
    placed = "police-force" in family
    cells: defaultdict[tuple[str, str], list[Line]] = defaultdict(list)
    for by, categories in family.items():
        for line in bound:
            for category in categories(line):
                cells[by, category].append(line)
    parts = {
        "\0".join(cell): frozenset(_part(line, placed=placed) for line in of)
        for cell, of in cells.items()
    }
    shown = told(parts)
    total_pence = sum(line.pence("confirmed", "gross") for line in bound)
    enough = len({_community(line) for line in bound}) >= LEAST
    for by in family:
        yield _benefit(by, TOTAL, bound, total_pence) if enough else _withheld(by, TOTAL)
        for cell in sorted(cell for cell in cells if cell[0] == by):
            if "\0".join(cell) in shown:
                yield _benefit(*cell, cells[cell], total_pence)
            else:
                yield _withheld(*cell)


def _part(line: Line, *, placed: bool) -> Part:
    """Return what a line counts to: an organisation's whole, or what it has in one place."""
    return Part(_community(line), "/".join(_place(line)) if placed else "")


def _benefit(by: str, category: str, of: list[Line], total_pence: int) -> Benefit:
    confirmed_pence = sum(line.pence("confirmed", "gross") for line in of)
    share = None
    if total_pence:
        exact = EXACT.divide(Decimal(confirmed_pence), Decimal(total_pence))
        share = exact.quantize(Decimal("0.0001"), context=EXACT)
    behind = (
        position
        for line in of
        for stage in COUNTED
        if stage in line.stages
        for position in line.stages[stage].positions
    )
    return Benefit(
        by=by,
        category=category,
        organisations=len({_community(line) for line in of}),
        awarded_pence=sum(line.pence("awarded", "gross") for line in of),
        confirmed_pence=confirmed_pence,
        share=share,
        suppressed=False,
        positions=positions(*behind),
    )


def _withheld(by: str, category: str) -> Benefit:
    return Benefit(by, category, None, None, None, None, suppressed=True, positions=())


def _traits(rows: Rows, organisation_id: str) -> dict[str, list[str]]:
    """Return what an organisation said of itself last, by what it is about."""
    said = list(rows.select(DESCRIPTION, organisation_id))
    last = max((row.position for row in said), default=0)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in said:
        if row.position == last:
            found[row.trait].append(row.value)
    return dict(found)


def _top_five(bound: list[Line]) -> frozenset[str]:
    pence: defaultdict[str, int] = defaultdict(int)
    for line in bound:
        pence[_community(line)] += line.pence("confirmed", "gross")
    return frozenset(sorted(pence, key=lambda of: (-pence[of], of))[:LEAST])


def _community(line: Line) -> str:
    assert line.pledge is not None  # it is bound
    return line.pledge.community_id


def _place(line: Line) -> tuple[str, str]:
    assert line.pledge is not None  # it is bound
    return line.pledge.police_force, line.pledge.local_authority
