"""Calls over HTTP: what the client says of one, as the checker reads it."""

import time

from svx_ledger.client import Done, NotDone, Refused, Unknown
from svx_ledger.eventlog.scalars import instant

from .history import Ask, Call, Said, facts_digest


def told_over_http(
    ask: Ask, invoked_at: float, answer: object, answered_at: float | None = None
) -> Call:
    """Put what a client returned or raised, by default just now, into a call.

    A bid that was rejected on record is one that was sequenced: of its events the answer says
    only where they stand.
    """
    said: Said = "other"
    first = last = facts = None
    detail = ""
    match answer:
        case Done():
            said, first, last = "sequenced", answer.position, answer.last_position
            events = [[event.stream, event.type, dict(event.data)] for event in answer.events]
            facts = facts_digest(instant(answer.recorded_at), events)
        case Refused() if answer.recorded is not None:
            said, detail = "sequenced", answer.rule
            first = last = answer.recorded.position
        case Refused():
            said, detail = "refused", answer.rule
        case Unknown():
            said, detail = "unknown", str(answer)
        case NotDone():
            said, detail = "not-written", str(answer)
        case _:
            detail = f"{type(answer).__name__}: {answer}"
    return Call(
        principal=ask.actor.principal,
        command_id=ask.command_id,
        sha256=ask.sha256,
        invoked_at=invoked_at,
        answered_at=time.monotonic() if answered_at is None else answered_at,
        said=said,
        first_position=first,
        last_position=last,
        facts=facts,
        detail=detail,
        rightly_refused=ask.rightly_refused,
    )
