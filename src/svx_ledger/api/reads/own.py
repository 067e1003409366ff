"""Who asks, and what became of a command: told to whoever gave it, and to nobody else."""

import re
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from fastapi import FastAPI, Request, Response

from svx_ledger.api.commands import actor_of, plain_answer, rejection_in
from svx_ledger.api.conditional import VARY
from svx_ledger.api.negotiating import JSON, form_of
from svx_ledger.api.problems import problem_of_refusal
from svx_ledger.api.refusals import BAD_IDEMPOTENCY_KEY, NO_OUTCOME, Declined
from svx_ledger.api.responses import JsonAnswer
from svx_ledger.api.routing import Operation, add_route, caller, policy_of, serving_of
from svx_ledger.api.vocabulary import KEY_FORM
from svx_ledger.domain.actor import Role
from svx_ledger.eventlog.store import Store
from svx_ledger.ledger import Sequenced
from svx_ledger.ledger.answer import refusal_in

from .folding import read_records

_HEADERS: Final = {"Cache-Control": "no-store", "Vary": VARY}


class Me(NamedTuple):
    """Who a key stands for: a person in a role, for an organisation, within scopes."""

    person_id: str
    role: Role
    organisation_id: str | None
    api_key_id: str | None
    scopes: tuple[str, ...]


class Outcome(NamedTuple):
    """What became of a command: it was done, a bid was rejected on record, or it was refused.

    What was refused changed nothing, and `problem` says why. What was recorded stands at
    `position` to `last_position`, and reads as it did when the command was answered.
    """

    state: Literal["sequenced", "rejected", "refused"]
    command_id: str
    problem: dict[str, Any] | None = None
    position: int | None = None
    last_position: int | None = None
    stream: str | None = None
    version: int | None = None
    recorded_at: datetime | None = None
    events: tuple[Any, ...] | None = None


def add_own(app: FastAPI) -> None:
    """Add both routes."""
    add_route(
        app,
        _me,
        Operation(
            name="me",
            method="GET",
            path="/me",
            tag="access",
            summary="Show whom this key stands for, and what it may be used for.",
            policy=policy_of("me"),
            answer=Me,
        ),
    )
    add_route(
        app,
        _outcome,
        Operation(
            name="outcome",
            method="GET",
            path="/outcomes/{command_id}",
            tag="report",
            summary="Show what became of a command of one's own, by its Idempotency-Key. Where "
            "it is not found, nothing was recorded of it until then. What an operator entered "
            "for somebody else is asked for with the same Svx-On-Behalf-Of.",
            policy=policy_of("outcome"),
            answer=Outcome,
            parameters=[
                {
                    "name": "command_id",
                    "in": "path",
                    "required": True,
                    "description": "The Idempotency-Key that it was given with.",
                    "schema": {"type": "string", "pattern": f"^(?:{KEY_FORM})$"},
                },
            ],
        ),
    )


async def _me(request: Request) -> Response:
    form_of(request, (JSON,))
    principal = caller(request)
    actor = principal.actor
    assert actor is not None, "the policy lets nobody through without a key"
    me = Me(
        person_id=actor.id,
        role=actor.role,
        organisation_id=actor.organisation,
        api_key_id=principal.api_key_id,
        scopes=tuple(sorted(principal.scopes)),
    )
    return JsonAnswer(me, headers=_HEADERS)


async def _outcome(request: Request) -> Response:
    form_of(request, (JSON,))
    principal, command_id = actor_of(request).principal, request.path_params["command_id"]
    if re.fullmatch(KEY_FORM, command_id, re.ASCII) is None:
        raise Declined(BAD_IDEMPOTENCY_KEY)
    serving = serving_of(request)
    store = serving.exchange.store
    outcome = await serving.in_reader(lambda: _read(store, principal, command_id), own=True)
    if outcome is None:
        raise Declined(NO_OUTCOME)
    return JsonAnswer(outcome, headers=_HEADERS)


def _read(store: Store, principal: str, command_id: str) -> Outcome | None:
    row = store.outcome(principal, command_id)
    if row is None:
        return None
    if row.first_position is None or row.last_position is None:
        return Outcome("refused", command_id, problem_of_refusal(refusal_in(row)).plain())
    done = _done(store, command_id, row.first_position, row.last_position)
    rejected = rejection_in(done)
    plain = plain_answer(done)
    if rejected is not None:
        plain |= {"state": "rejected", "problem": problem_of_refusal(rejected).plain()}
    return Outcome(**plain)


def _done(store: Store, command_id: str, first: int, last: int) -> Sequenced:
    rows = store.rows(after=first - 1, limit=last - first + 1)
    recorded = [*read_records(rows)]
    stream = recorded[0].stream
    return Sequenced(
        command_id=command_id,
        first_position=first,
        last_position=last,
        stream=stream,
        version=max(event.version for event in recorded if event.stream == stream),
        recorded_at=recorded[0].recorded_at,
        events=tuple((event.stream, event.event) for event in recorded),
    )
