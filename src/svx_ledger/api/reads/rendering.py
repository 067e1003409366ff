"""Answering a read and writing the answer out: where it runs, views and log are at hand."""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

import orjson

from svx_ledger.api.cursors import NOT_GIVEN, Listing, Moment, Place
from svx_ledger.api.negotiating import CSV
from svx_ledger.api.parameters import bad_parameters
from svx_ledger.api.refusals import PAGE_GONE, Declined
from svx_ledger.api.serving import view_of
from svx_ledger.domain.actor import Actor
from svx_ledger.eventlog.plain import plain_of
from svx_ledger.eventlog.store import Store
from svx_ledger.exports.csv_text import lines
from svx_ledger.projections.stored.ledger_views import LedgerViews

from .asking import USUAL, Asking, Listed, One, Paged, Read
from .kept import Kept

KEPT: Final = Kept()
"""Lists of this process that somebody is reading in pages."""


class Job(NamedTuple):
    """A read to be answered: by name, so that it can be sent to another process.

    `after` is a log position that the views must have come to. Without a `limit`, JSON has
    the usual number of items and CSV all.
    """

    name: str
    given: Mapping[str, Any]
    viewer: Actor | None
    media: str
    limit: int | None = None
    cursor: str | None = None
    after: int | None = None

    @property
    def listing(self) -> Listing:
        """The list that this is about, if it is about one."""
        return Listing(self.name, self.given, self.viewer)


class Rendered(NamedTuple):
    """An answer in bytes, with what its headers say.

    `tag` is a digest of it, `version` is a stream's, and so on as in `One`; `next` is the
    cursor of the page after.
    """

    body: bytes
    media: str
    position: int
    tag: str
    version: int | None = None
    final: bool = False
    next: str | None = None


def run(job: Job, views: LedgerViews, store: Store) -> Rendered:
    """Answer a read. Raises Declined, and StoreError for what a store or the views meet.

    A page of a list that takes long is of the list as its first page was, while that is kept;
    of one that is of a moment always, which is made again for it.
    """
    from .catalogue import READS

    read = READS[job.name]
    limit = job.limit or (None if job.media == CSV else USUAL)
    place = _place(job, read, store) if job.cursor else None
    kept = KEPT.get(job.listing, place) if place and read.takes_long else None
    if place and kept:
        return _of_list(job, _page(kept, limit, place), place.position, kept.moment)
    after = max(job.after or 0, place.position) if place and read.dated else job.after
    with view_of(views, after) as view:
        answer = read.ask(
            Asking(view, store, job.viewer, job.given, limit, place, job.media == CSV)
        )
        if isinstance(answer, One):
            return _of_one(job, answer, view.position)
        if isinstance(answer, Paged):
            return _of_list(job, answer, view.position)
        position = answer.moment.position if answer.moment else view.position
        page = _page(answer, limit, place)
        if read.takes_long and page.ended is not None:
            KEPT.put(job.listing, position, answer)
        return _of_list(job, page, position, answer.moment)


def _place(job: Job, read: Read, store: Store) -> Place:
    """Return where the page before ended. Raises Declined for what no page of the list gave."""
    assert job.cursor is not None
    place = job.listing.place(job.cursor)
    is_dated = place.as_at is not None
    if is_dated != read.dated or (is_dated and place.position > store.head().position):
        raise bad_parameters(NOT_GIVEN)
    return place


def _of_one(job: Job, one: One, position: int) -> Rendered:
    body = orjson.dumps(plain_of(one.value))
    return Rendered(body, job.media, position, _tag(body), one.version, one.final)


def _of_list(job: Job, page: Paged, position: int, moment: Moment | None = None) -> Rendered:
    cursor = None
    if page.ended is not None:
        place = Place(position, page.ended, moment.as_at if moment else None)
        cursor = job.listing.cursor(place)
    if job.media == CSV:
        items = map(page.line, page.items) if page.line else page.items
        body = "".join(lines(page.columns, items)).encode()
    else:
        plain: dict[str, Any] = {"items": plain_of(list(page.items))}
        body = orjson.dumps(plain | ({"next": cursor} if cursor else {}))
    return Rendered(body, job.media, position, _tag(body), final=page.final, next=cursor)


def _page(whole: Listed, limit: int | None, place: Place | None) -> Paged:
    """Return the page of a list: what comes after the item that the page before ended with.

    A key is the place of that item and its digest. The list may have changed since; where the
    item has moved, the page begins after it all the same. Raises Declined where it is gone.
    """
    items, columns = whole.items, whole.columns
    start = _after(items, place) if place else 0
    stop = len(items) if limit is None else start + limit
    ended = [stop, _of_item(items[stop - 1])] if stop < len(items) else None
    return Paged(items=items[start:stop], columns=columns, ended=ended, final=whole.final)


def _after(items: Sequence[Any], place: Place) -> int:
    """Return where the list goes on.

    Raises Declined where its last item is not in it, or for what no page of a list gave.
    """
    stop, digest = place.numbered_text()
    here = range(stop, stop + 1) if 0 < stop <= len(items) else range(0)
    for end in chain(here, range(1, len(items) + 1)):
        if _of_item(items[end - 1]) == digest:
            return end
    raise Declined(PAGE_GONE)


def _of_item(item: Any) -> str:
    return _tag(orjson.dumps(plain_of(item)))


def _tag(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]
