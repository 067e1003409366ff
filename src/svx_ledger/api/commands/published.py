"""`?wait=published`: an answer that comes with its receipts, once what was done is published.

The command is on record before this begins, and stays so whatever comes of it: who waits in
vain, or cannot be answered in full, is told how far the record has come (202). Receipts are
for whom GET /events/{position}/receipt has them: a key that may not read is the public there,
and so it is here.
"""

import logging
from typing import Any, Final, Literal, NamedTuple

from fastapi import Request

from svx_ledger.api.edge import leave_place
from svx_ledger.api.parameters import Parameter
from svx_ledger.api.published.receipts import is_for, receipts_of
from svx_ledger.api.refusals import Declined
from svx_ledger.api.routing import caller, serving_of
from svx_ledger.ledger import Sequenced
from svx_ledger.publishing.standing import State

WAIT: Final = Parameter(
    name="wait",
    form=Literal["published"],
    meaning="Answer once it is published, with the receipts; 202 after five seconds without, "
    "and at once where the log has no key.",
)
_log = logging.getLogger(__name__)


class Awaited(NamedTuple):
    """How far what was done has come, with receipts of what its giver may have of it.

    `is_for_giver`: whether that of the first event will be. `log_has_key`: without one nothing
    is published, and nobody waits for it.
    """

    state: State
    receipts: list[dict[str, Any]]
    is_for_giver: bool = False
    log_has_key: bool = True


async def awaited(request: Request, done: Sequenced) -> Awaited:
    """Wait until what was done is published; never fail, as it is done.

    The place that the request was given goes to the next one meanwhile.
    """
    leave_place(request.scope)
    serving, viewer = serving_of(request), caller(request).as_reader().actor
    try:
        if not await serving.in_reader(serving.published.has_key, own=True):
            return Awaited("sequenced", [], log_has_key=False)
        if await serving.published.waiting.until(done.last_position):
            receipts = await serving.read(
                lambda view: receipts_of(serving, view, viewer, done), after=done.last_position
            )
            return Awaited("published", receipts)
        state = await serving.in_reader(
            lambda: serving.published.without_receipt(done.last_position), own=True
        )
        is_for_giver = await serving.read(
            lambda view: is_for(serving, view, viewer, done), after=done.last_position
        )
    except Declined:  # too many ask, or the views are on their way: no fault
        return Awaited("sequenced", [])
    except Exception as fault:  # noqa: BLE001 - whatever it is, the command is on record
        name, request_id = type(fault).__name__, request.state.request_id
        _log.error("receipts cannot be read: %s, request %s", name, request_id)
        return Awaited("sequenced", [])
    return Awaited(state, [], is_for_giver)
