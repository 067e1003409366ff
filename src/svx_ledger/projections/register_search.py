"""The award register searched: by whom, where, for whom, what, when and how much; with counts.

Everybody may see the awards of the register, and everything that is searched here is public: a
recommendation that nobody approved yet is on no card, so nobody is found by it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Final, NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.uk_calendar import uk_date

from .elsewhere import AwardElsewhere
from .register import RegisteredAward, registered
from .register_cards import Card, cards, folded_text
from .view import View

MOST: Final = 1000
_DIGITS: Final = 18
"""Awards of one page."""


class Search(NamedTuple):
    """What is looked for: an award must be all of it.

    Organisations are named by their id, areas by the code of a police force or a local
    authority. Every word of `text` stands somewhere in the award's id, titles, OCID or names of
    organisations, whatever the capitals. Dates and pence are from the first to the last, both
    included (see `Card`). `elsewhere` False leaves out what was decided elsewhere, True leaves
    out everything else.
    """

    authority: str | None = None
    area: str | None = None
    supplier: str | None = None
    community: str | None = None
    measure: str | None = None
    theme: str | None = None
    since: date | None = None
    until: date | None = None
    standstill: str | None = None
    state: str | None = None
    vcse: bool | None = None
    elsewhere: bool | None = None
    text: str | None = None
    least_pence: int | None = None
    most_pence: int | None = None


class Found(NamedTuple):
    """A page of the register; `next` is the cursor to go on with, None at the end."""

    items: tuple[RegisteredAward | AwardElsewhere, ...]
    next: str | None


class BadCursor(ValueError):
    """A cursor that no answer gave."""


_TESTS: Final[Mapping[str, Callable[[Card, Search], bool]]] = {
    "authority": lambda card, sought: card.authority == sought.authority,
    "area": lambda card, sought: sought.area in card.areas,
    "supplier": lambda card, sought: card.supplier == sought.supplier,
    "community": lambda card, sought: sought.community in card.communities,
    "measure": lambda card, sought: sought.measure in card.measures,
    "theme": lambda card, sought: sought.theme in card.themes,
    "since": lambda card, sought: bool(
        card.dated and sought.since and card.dated >= sought.since
    ),
    "until": lambda card, sought: bool(
        card.dated and sought.until and card.dated <= sought.until
    ),
    "standstill": lambda card, sought: card.standstill == sought.standstill,
    "state": lambda card, sought: card.state == sought.state,
    "vcse": lambda card, sought: bool(card.vcse) is sought.vcse and card.here,
    "elsewhere": lambda card, sought: card.here is not sought.elsewhere,
    "text": lambda card, sought: _has_words(card, sought.text or ""),
    "least_pence": lambda card, sought: (
        card.pence is not None and card.pence >= (sought.least_pence or 0)
    ),
    "most_pence": lambda card, sought: (
        card.pence is not None
        and sought.most_pence is not None
        and card.pence <= sought.most_pence
    ),
}
assert tuple(_TESTS) == Search._fields

FACETS: Final[Mapping[str, Callable[[Card], frozenset[str]]]] = {
    "authority": lambda card: _one(card.authority),
    "area": lambda card: card.areas,
    "supplier": lambda card: _one(card.supplier),
    "community": lambda card: card.communities,
    "measure": lambda card: card.measures,
    "theme": lambda card: card.themes,
    "year": lambda card: _one(str(card.dated.year) if card.dated else None),
    "standstill": lambda card: _one(card.standstill),
    "state": lambda card: _one(card.state),
    "vcse": lambda card: _one("yes" if card.vcse else None),
    "elsewhere": lambda card: _one("no" if card.here else "yes"),
}
"""What awards are counted by."""


def search(
    view: View,
    sought: Search,
    viewer: Actor | None = None,
    *,
    after: str | None = None,
    limit: int = 100,
) -> Found:
    """Return at most `limit` awards after a cursor, the earliest first, elsewhere's last.

    Raises ValueError for a limit below 1 or above `MOST`, and BadCursor.
    """
    if not 1 <= limit <= MOST:
        raise ValueError(f"a limit is from 1 to {MOST}")
    past = _past(after)
    matching = (
        card
        for card in cards(view.rows, uk_date(view.now))
        if _order(card) > past and next(_failed(card, sought), None) is None
    )
    page = list(islice(matching, limit + 1))
    items = tuple(_shown(view, card, viewer) for card in page[:limit])
    return Found(items, _cursor(page[limit - 1]) if len(page) > limit else None)


def facets(view: View, sought: Search) -> Mapping[str, Mapping[str, int]]:
    """Return how many awards each choice would find, beside all else that is looked for.

    A facet that is chosen from counts as if nothing were chosen from it. The most frequent
    value comes first.
    """
    counted: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    for card in cards(view.rows, uk_date(view.now)):
        failed = set(_failed(card, sought))
        for name, values in FACETS.items():
            if failed <= {name}:
                counted[name].update(values(card))
    return {
        name: dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
        for name, counts in counted.items()
    }


def _failed(card: Card, sought: Search) -> Iterator[str]:
    """Yield what is looked for and this award is not, what is quickly told first."""
    for name, value in zip(Search._fields, sought, strict=True):
        if value is not None and not _TESTS[name](card, sought):
            yield name


def _has_words(card: Card, text: str) -> bool:
    read = card.text
    return all(word in read for word in folded_text(text).split())


def _one(value: str | None) -> frozenset[str]:
    return frozenset() if value is None else frozenset({value})


def _shown(view: View, card: Card, viewer: Actor | None) -> RegisteredAward | AwardElsewhere:
    found = card.published or registered(view.rows, card.key, viewer)
    assert found is not None  # there is a card of it
    return found


def _order(card: Card) -> tuple[bool, int]:
    return (not card.here, card.position)


def _cursor(card: Card) -> str:
    return f"{'here' if card.here else 'elsewhere'}-{card.position}"


def _past(cursor: str | None) -> tuple[bool, int]:
    if cursor is None:
        return (False, 0)
    where, _, position = cursor.partition("-")
    number = position.isascii() and position.isdigit() and len(position) <= _DIGITS
    if where not in ("here", "elsewhere") or not number:
        raise BadCursor("a cursor is what the page before gave")
    return (where == "elsewhere", int(position))
