"""Routes: each is added under the name of its policy, and with what its documentation says."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from fastapi import Depends, FastAPI, Request, Response

from svx_ledger.api.admission.principals import PUBLIC, Principal
from svx_ledger.domain.rule import ROLE_NOT_ALLOWED
from svx_ledger.eventlog.store import NotWritten, StoreError

from .policy import POLICIES, Policy
from .problems import problem_of_refusal
from .refusals import (
    BAD_PARAMETER,
    IF_MATCH_REQUIRED,
    NOT_AUTHENTICATED,
    SCOPE_NOT_ALLOWED,
    Declined,
)
from .serving import Serving

Method = Literal["GET", "POST"]
Schema = Mapping[str, Any]
Endpoint = Callable[..., Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class ItemsOf:
    """Of an answer's type: a page of a list, `{"items": […], "next"?}`, of such items."""

    item: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What can be asked at one address by one method, as its documentation has it.

    `answer` is a type of ours, an `ItemsOf` or a JSON Schema; `media` are the forms of the
    answer, the usual one first, and `negotiates` says that a read heeds Accept: where none of
    them is asked for it answers 406. `names_new` says that the address is the second one of a
    command, at which the ledger names the new thing. `unguarded` is what answers at once,
    whoever asks and however many do: no key is looked at, no parameter is refused, and nothing
    is counted. `deep` says that the last part of the path has slashes in it, `may_be_missing`
    that what is asked for need not be there, although no part of the path names it.
    """

    name: str
    method: Method
    path: str
    tag: str
    summary: str
    policy: Policy
    body: Schema | None = None
    answer: Any = None
    media: tuple[str, ...] = ("application/json",)
    negotiates: bool = True
    parameters: Sequence[Schema] = ()
    command: bool = False
    names_new: bool = False
    unguarded: bool = False
    deep: bool = False
    may_be_missing: bool = False

    @property
    def id(self) -> str:
        """What programs call it: `SubmitBid`, `RegisterProjectNew`, `GetAward`, `ReportDue`."""
        if self.command:
            return f"{self.name}New" if self.names_new else self.name
        words = "".join(word.capitalize() for word in self.name.split("-"))
        return words if self.name.startswith("report-") else f"Get{words}"


def add_route(app: FastAPI, endpoint: Endpoint, operation: Operation) -> None:
    """Add a route. What it is called without, it is refused for before `endpoint` runs."""
    app.state.operations.append(operation)
    app.add_api_route(
        operation.path.removesuffix("}") + ":path}" if operation.deep else operation.path,
        endpoint,
        methods=["GET", "HEAD"] if operation.method == "GET" else ["POST"],
        name=operation.name,
        dependencies=[Depends(_admission(operation))],
        response_model=None,
    )


def policy_of(name: str) -> Policy:
    """Return who may call an operation. Raises LookupError for one without a policy."""
    return POLICIES[name]


def caller(request: Request) -> Principal:
    """Return who asks, who was let through."""
    principal: Principal = request.state.principal
    return principal


def serving_of(request: Request) -> Serving:
    """Return what the routes have at hand."""
    serving: Serving = request.app.state.serving
    return serving


def _admission(operation: Operation) -> Callable[[Request], Awaitable[None]]:
    known = frozenset(_queries(operation))

    async def admit(request: Request) -> None:
        if operation.unguarded:
            request.state.principal = PUBLIC
            return
        serving = serving_of(request)
        principal = await _let_in(serving, request, operation)
        request.state.principal = principal
        _unless_allowed(operation, principal)
        if not operation.command and "public" in operation.policy.roles:
            request.state.principal = principal.as_reader()
        if operation.policy.if_match and "if-match" not in request.headers:
            raise Declined(IF_MATCH_REQUIRED)
        _unless_known(request, known)

    return admit


async def _let_in(serving: Serving, request: Request, operation: Operation) -> Principal:
    """Return who asks. Raises NotWritten where the log does not say so of a command's giver."""
    try:
        return await serving.limits.let_in(request, operation.name, serving.principals)
    except StoreError as failure:
        if operation.command:
            raise NotWritten(f"nobody was let in: {failure}") from None
        raise


def _unless_allowed(operation: Operation, principal: Principal) -> None:
    """Raise Declined unless the role and the scopes of who asks allow the operation."""
    roles = operation.policy.roles
    if principal.actor is None:
        if "public" not in roles:
            raise Declined(NOT_AUTHENTICATED)
        return
    if principal.actor.role not in roles and "public" not in roles:
        allowed = ", ".join(sorted(roles))
        refused = ROLE_NOT_ALLOWED.refuse(allowed=allowed, role=principal.actor.role)
        raise Declined(problem_of_refusal(refused))
    if not _within_scopes(operation, principal):
        raise Declined(SCOPE_NOT_ALLOWED)


def _within_scopes(operation: Operation, principal: Principal) -> bool:
    """Whether a key's scopes allow an operation; what the public may read they need not."""
    if operation.command:
        return principal.may_act(operation.name)
    policy = operation.policy
    return principal.may_read or policy.unscoped or "public" in policy.roles


def _unless_known(request: Request, known: frozenset[str]) -> None:
    given = [name for name, _ in request.query_params.multi_items()]
    if len(set(given)) != len(given) or not known.issuperset(given):
        taken = f"each once at most: {', '.join(sorted(known)) or 'none is taken here'}"
        raise Declined(replace(BAD_PARAMETER, faults=(("/query", taken),)))


def _queries(operation: Operation) -> list[str]:
    return [p["name"] for p in operation.parameters if p["in"] == "query"]
