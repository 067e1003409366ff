"""Lists of things by their names, each at the address of its collection."""

from collections.abc import Callable
from typing import Any, Final

from svx_ledger.api.cursors import NOT_GIVEN
from svx_ledger.api.parameters import Parameter, bad_parameters
from svx_ledger.api.routing import ItemsOf
from svx_ledger.api.vocabulary import COLLECTIONS
from svx_ledger.domain.form import STREAM_NAME
from svx_ledger.projections.lists.catalogue import LISTS
from svx_ledger.projections.lists.listing import ListOf, page_of

from .asking import Asking, Paged, Read

NAMED: Final = {"access": "access-grants"}
"""The lists that are not called as their collection is: one thing has that name."""


def _read(listed: ListOf[Any, Any]) -> Read:
    collection = COLLECTIONS[listed.group]
    return Read(
        name=NAMED.get(collection, collection),
        path=f"/{collection}",
        tag=listed.group,
        summary=listed.meaning,
        ask=_asked(listed),
        answer=ItemsOf(listed.item),
        parameters=tuple(
            Parameter(name=one.name, form=one.form, meaning=one.meaning)
            for one in listed.filters
        ),
        listed=True,
        table=True,
        long_if_whole=True,
        long_if_only=listed.looks_at_all,
    )


def _asked(listed: ListOf[Any, Any]) -> Callable[[Asking], Paged]:
    def ask(asking: Asking) -> Paged:
        after = asking.place.text() if asking.place else None
        if after is not None and STREAM_NAME.fullmatch(after) is None:
            raise bad_parameters(NOT_GIVEN)
        page = page_of(
            listed,
            asking.view,
            asking.viewer,
            sought=asking.given,
            after=after,
            limit=asking.limit,
        )
        return Paged(items=page.items, columns=listed.item._fields, ended=page.ended)

    return ask


READS: Final = tuple(map(_read, LISTS))
