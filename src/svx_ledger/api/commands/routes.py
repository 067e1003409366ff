"""A POST for each command, made from the vocabulary."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from fastapi import FastAPI, Request, Response

from svx_ledger.api.addressed import kind_of_target
from svx_ledger.api.admission.principals import Principal
from svx_ledger.api.document.schemas import COMMAND_DONE, schema_of_command
from svx_ledger.api.parameters import read_parameters
from svx_ledger.api.refusals import SCOPE_NOT_ALLOWED, Declined
from svx_ledger.api.routing import Operation, add_route, caller, policy_of, serving_of
from svx_ledger.api.serving import Serving
from svx_ledger.api.vocabulary import VERBS, creates, path_of, path_to_new
from svx_ledger.domain.api_key import IssueApiKey
from svx_ledger.domain.kind import Command, fields_of
from svx_ledger.domain.rule import Refusal
from svx_ledger.eventlog import malformed as why
from svx_ledger.eventlog.canonical import read_message
from svx_ledger.eventlog.commands import command_from
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.record import Trace
from svx_ledger.ledger import WrongClock

from .answer import answered
from .naming import name_of_new, over_http, summary_of
from .published import WAIT, awaited
from .request import actor_of, body_of, command_id_of, expected_version_of

_NO_MORE: Final = "a key issues none that may do more than it, is for others, or lasts longer"


def add_commands(app: FastAPI) -> None:
    """Add the routes of every command."""
    for name, cls in over_http().items():
        target = fields_of(cls)[0]
        _add(app, cls, path_of(name, "{" + target + "}"), names_new=False)
        if creates(cls):
            _add(app, cls, path_to_new(name), names_new=True)


def _add(app: FastAPI, cls: type[Command], path: str, *, names_new: bool) -> None:
    name, (target, *known) = cls.__name__, fields_of(cls)
    new_kind = kind_of_target(cls) if names_new else None

    async def give(request: Request) -> Response:
        actor, command_id = actor_of(request), command_id_of(request)
        waits = "wait" in read_parameters(request, (WAIT,))
        request.state.command_id = command_id
        data = read_message(await body_of(request))
        if data.keys() - known:  # the target is none of them: it stands in the path
            at = f"/{target}" if target in data else ""
            raise Malformed(why.UNKNOWN_FIELD, at, {"known": ", ".join(known)})
        if new_kind is None:
            data[target] = request.path_params[target]
        else:
            data[target] = name_of_new(new_kind, actor.principal, command_id)
        serving = serving_of(request)
        _unless_read_only(serving)
        command = command_from(name, data)
        _unless_within_own_scopes(caller(request), command)
        request.state.submitted = True  # from here on nobody can say that nothing was written
        submitted = serving.exchange.submit(
            command,
            actor,
            command_id,
            expected_version=expected_version_of(request),
            trace=Trace(received_at=datetime.now(UTC), request=request.state.request_id),
        )
        answer = await serving.metrics.counted(submitted)
        if not waits or isinstance(answer, Refusal):
            return answered(answer, command_id)
        return answered(answer, command_id, await awaited(request, answer))

    add_route(
        app,
        give,
        Operation(
            name=name,
            method="POST",
            path=path,
            tag=VERBS[name].group,
            summary=summary_of(cls),
            policy=policy_of(name),
            body=schema_of_command(cls),
            answer=COMMAND_DONE,
            parameters=(WAIT.documented(),),
            command=True,
            names_new=names_new,
        ),
    )


def _unless_within_own_scopes(principal: Principal, command: Command) -> None:
    if isinstance(command, IssueApiKey) and not principal.may_issue(
        command.access_id, command.scopes, command.expires_at
    ):
        raise Declined(replace(SCOPE_NOT_ALLOWED, detail=_NO_MORE))


def _unless_read_only(serving: Serving) -> None:
    if serving.config.read_only:
        raise WrongClock(
            "This ledger's time is simulated: it is served to be read, not written to."
        )
