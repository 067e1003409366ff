"""GET /events/{position}/receipt: that the record of an event is in the published log.

A receipt has the record in it, byte for byte. So it is for those from whom nothing of the
record is withheld, and everybody else is told that there is none.
"""

import hashlib
from dataclasses import replace
from typing import Any, Final, NamedTuple

from fastapi import FastAPI, Request, Response

from svx_ledger.api.conditional import VARY, cache_control, unless_unchanged
from svx_ledger.api.document.components import IF_NONE_MATCH
from svx_ledger.api.negotiating import JSON, TEXT, form_of
from svx_ledger.api.parameters import Position, path_parameters
from svx_ledger.api.refusals import LOG_WITHOUT_KEY, NOT_PUBLISHED, Declined, no_such_thing
from svx_ledger.api.responses import RETRY_AFTER_SECONDS, JsonAnswer
from svx_ledger.api.routing import Operation, add_route, caller, policy_of, serving_of
from svx_ledger.api.serving import Serving
from svx_ledger.api.written import position_of
from svx_ledger.domain.actor import Actor
from svx_ledger.eventlog.record import Row, read_record
from svx_ledger.ledger import Sequenced
from svx_ledger.projections.view import View
from svx_ledger.projections.whole import may_have
from svx_ledger.proofs.files.receipt import Receipt

from .log import plain_receipt

MOST_TOGETHER: Final = 20
"""Receipts that stand in the answer to one command; of more events, the first so many."""
PATHS: Final = {"position": (Position, "A log position.")}
_TEXT: Final = f"{TEXT}; charset=utf-8"


class EventReceipt(NamedTuple):
    """The receipt of an event, in a form for programs.

    `record` is the event as it is stored, `entry` what the log holds of it: the hash of the
    record. `receipt` is a C2SP tlog-proof that has the record in it, too.
    """

    state: str
    position: int
    entry: str
    record: str
    receipt: str


def add_receipts(app: FastAPI) -> None:
    """Add the route."""
    add_route(
        app,
        _receipt,
        Operation(
            name="receipt",
            method="GET",
            path="/events/{position}/receipt",
            tag="verify",
            summary="The receipt of an event: its record, and the proof that the published log "
            "has it (C2SP tlog-proof), for whoever may see the whole record.",
            policy=policy_of("receipt"),
            answer=EventReceipt,
            media=(TEXT, JSON),
            parameters=[*path_parameters("{position}", PATHS), IF_NONE_MATCH],
        ),
    )


def receipts_of(
    serving: Serving, view: View, viewer: Actor | None, done: Sequenced
) -> list[dict[str, Any]]:
    """Return the receipts of what a command did: of the records that the viewer may have."""
    published, first = serving.published, done.first_position
    many = min(done.last_position - first + 1, MOST_TOGETHER)
    shown = []
    for row in serving.exchange.store.rows(after=first - 1, limit=many):
        if may_have(read_record(row), view.rows, viewer):
            receipt = published.receipt(row)
            if receipt is not None:
                shown.append(plain_receipt(row, receipt))
    return shown


def is_for(serving: Serving, view: View, viewer: Actor | None, done: Sequenced) -> bool:
    """Whether the viewer may have the receipt of the first event of what a command did."""
    (row,) = serving.exchange.store.rows(after=done.first_position - 1, limit=1)
    return may_have(read_record(row), view.rows, viewer)


async def _receipt(request: Request) -> Response:
    form = form_of(request, (TEXT, JSON))
    serving, viewer = serving_of(request), caller(request).actor
    position = position_of(request.path_params["position"])
    if not 1 <= position <= await serving.head():
        raise no_such_thing("receipt")
    published, store = serving.published, serving.exchange.store

    def ask(view: View) -> tuple[Row, Receipt]:
        (row,) = store.rows(after=position - 1, limit=1)
        if not may_have(read_record(row), view.rows, viewer):
            raise no_such_thing("receipt")
        receipt = published.receipt(row)
        if receipt is None:
            if not published.has_key():
                raise Declined(LOG_WITHOUT_KEY)
            facts = {"position": position, "state": published.without_receipt(position)}
            wait = {"Retry-After": str(RETRY_AFTER_SECONDS)}
            raise Declined(replace(NOT_PUBLISHED, facts=facts), wait)
        return row, receipt

    row, receipt = await serving.read(ask, after=position)
    return unless_unchanged(request, _answer(row, receipt, form, public=viewer is None))


def _answer(row: Row, receipt: Receipt, form: str, *, public: bool) -> Response:
    headers = {"Vary": VARY, "Cache-Control": cache_control(public=public, final=False)}
    if form == JSON:
        answer: Response = JsonAnswer(plain_receipt(row, receipt), headers=headers)
    else:
        name = f"position-{row.position}.tlog-proof"
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
        answer = Response(receipt.data(), headers=headers, media_type=_TEXT)
    # Of what is sent: a tag of the one form is none of the other.
    answer.headers["ETag"] = f'W/"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    return answer
