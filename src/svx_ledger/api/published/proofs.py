"""GET /proofs/…: one path in the published tree, for who does not compute it from tiles.

An entry is public whoever may see its record, so paths are everybody's.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import FastAPI, Request, Response

from svx_ledger.api.conditional import cache_control
from svx_ledger.api.negotiating import JSON, form_of
from svx_ledger.api.parameters import Parameter, read_parameters
from svx_ledger.api.refusals import LOG_WITHOUT_KEY, Declined, no_such_thing
from svx_ledger.api.responses import JsonAnswer
from svx_ledger.api.routing import Operation, add_route, policy_of, serving_of
from svx_ledger.api.serving import Serving
from svx_ledger.api.written import MOST_POSITION
from svx_ledger.domain.form import Between
from svx_ledger.proofs.notes.note import base64_text
from svx_ledger.publishing.standing import Proof

OTHER_WAY_ROUND: Final = (
    "The second number is not below the first: a tree has the records up to its own size, and "
    "begins with the trees that are smaller."
)
"""The remedy where numbers stand the wrong way round, however far the log is published."""
Size = Annotated[int, Between(0, MOST_POSITION)]
POSITION: Final = Parameter(
    name="position",
    form=Annotated[int, Between(1, MOST_POSITION)],
    meaning="Of the record, whose leaf index is one less.",
    required=True,
)
SIZE: Final = Parameter(
    name="size", form=Size, meaning="Of the tree; without it, of the newest checkpoint."
)
OLD: Final = Parameter(name="old", form=Size, meaning="Size of the older tree.", required=True)
NEW: Final = Parameter(
    name="new", form=Size, meaning="Of the newer tree; without it, of the newest checkpoint."
)


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """The way from a leaf up to the root of a tree (RFC 9162, 2.1.3): hashes in base64.

    `index` is the leaf's, `path` begins with its sibling. Compare `root` with a checkpoint.
    """

    index: int
    size: int
    root: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """That the newer tree begins with the older one (RFC 9162, 2.1.4): hashes in base64."""

    old: int
    new: int
    root: str
    path: tuple[str, ...]


def add_proofs(app: FastAPI) -> None:
    """Add the routes."""
    add_route(
        app,
        _inclusion,
        Operation(
            name="inclusion",
            method="GET",
            path="/proofs/inclusion",
            tag="verify",
            summary="Prove that the published tree of a size has the entry of a record.",
            policy=policy_of("inclusion"),
            answer=InclusionProof,
            parameters=(POSITION.documented(), SIZE.documented()),
            may_be_missing=True,
        ),
    )
    add_route(
        app,
        _consistency,
        Operation(
            name="consistency",
            method="GET",
            path="/proofs/consistency",
            tag="verify",
            summary="Prove that one published tree only went on where another ended.",
            policy=policy_of("consistency"),
            answer=ConsistencyProof,
            parameters=(OLD.documented(), NEW.documented()),
            may_be_missing=True,
        ),
    )


async def _inclusion(request: Request) -> Response:
    form_of(request, (JSON,))
    given = read_parameters(request, (POSITION, SIZE))
    position, size = given["position"], given.get("size")
    serving = serving_of(request)
    published = serving.published
    found = await serving.in_reader(lambda: published.inclusion(position, size))
    if found is None:
        raise await _no_proof(serving, ends=size, least=position)
    shown = InclusionProof(position - 1, found.size, *_plain(found))
    return _answer(shown, fixed=size is not None)


async def _consistency(request: Request) -> Response:
    form_of(request, (JSON,))
    given = read_parameters(request, (OLD, NEW))
    old, new = given["old"], given.get("new")
    serving = serving_of(request)
    published = serving.published
    found = await serving.in_reader(lambda: published.consistency(old, new))
    if found is None:
        raise await _no_proof(serving, ends=new, least=old)
    shown = ConsistencyProof(old, found.size, *_plain(found))
    return _answer(shown, fixed=new is not None)


async def _no_proof(serving: Serving, *, ends: int | None, least: int) -> Declined:
    """Return why there is no path: nobody publishes, the wrong order, or not so far yet."""
    if not await serving.in_reader(serving.published.has_key):
        return no_such_thing("proof", LOG_WITHOUT_KEY.title)
    if ends is not None and ends < least:
        return no_such_thing("proof", OTHER_WAY_ROUND)
    return no_such_thing("proof")


def _plain(proof: Proof) -> tuple[str, tuple[str, ...]]:
    return base64_text(proof.root), tuple(map(base64_text, proof.path))


def _answer(shown: Any, *, fixed: bool) -> Response:
    """Answer; what is of sizes that were asked for never changes."""
    headers = {"Cache-Control": cache_control(public=True, final=fixed)}
    return JsonAnswer(shown, headers=headers)
