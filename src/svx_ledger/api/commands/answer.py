"""What became of a command, as an answer: done, refused, or rejected on record."""

from typing import Any

from fastapi import Response

from svx_ledger.api.problems import problem_of_refusal
from svx_ledger.api.responses import RETRY_AFTER_SECONDS, JsonAnswer, problem_answer
from svx_ledger.domain.auction.events import BidRejected
from svx_ledger.domain.rule import Refusal
from svx_ledger.eventlog.scalars import instant
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.eventlog.types import stored_name
from svx_ledger.ledger import Sequenced
from svx_ledger.ledger.answer import rule_called

from .published import Awaited


def answered(
    answer: Sequenced | Refusal, command_id: str, awaited: Awaited | None = None
) -> Response:
    """Return what became of a command: done, refused, or rejected on record.

    `awaited` says what came of waiting until that was published, where it was waited for.
    """
    if isinstance(answer, Refusal):
        return problem_answer(problem_of_refusal(answer, command_id))
    at = f"/events/{answer.first_position}"
    headers = {"ETag": f'"{answer.version}"', "Location": at}
    more: dict[str, Any] = {}
    status = 200
    if awaited and awaited.state == "published":
        more = {"state": awaited.state, "receipts": awaited.receipts}
    elif awaited:
        status, more = 202, {"state": awaited.state}
        if awaited.is_for_giver:
            headers["Location"] = f"{at}/receipt"
        if awaited.log_has_key:
            headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    rejected = rejection_in(answer)
    if rejected is not None:
        problem = problem_of_refusal(rejected, command_id)
        recorded = {
            "position": answer.first_position,
            "recorded_at": instant(answer.recorded_at),
            **more,
        }
        return problem_answer(problem, headers, recorded=recorded)
    return JsonAnswer(plain_answer(answer) | more, status, headers=headers)


def plain_answer(answer: Sequenced) -> dict[str, Any]:
    """Return what was done as JSON has it."""
    return {
        "state": "sequenced",
        "command_id": answer.command_id,
        "position": answer.first_position,
        "last_position": answer.last_position,
        "stream": answer.stream,
        "version": answer.version,
        "recorded_at": answer.recorded_at,
        "events": [
            {
                "stream": stream,
                "type": stored_name(type(event)),
                "data": shape_of(type(event)).encode(event),
            }
            for stream, event in answer.events
        ],
    }


def rejection_in(answer: Sequenced) -> Refusal | None:
    """Return why a bid was rejected, if that is what was recorded."""
    for _, event in answer.events:
        if isinstance(event, BidRejected):
            return Refusal(rule_called(event.rule), event.facts)
    return None
