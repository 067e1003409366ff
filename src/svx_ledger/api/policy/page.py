"""docs/api/who.md, made from the table: `python -m svx_ledger.api.policy.page` prints it."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from svx_ledger.api.addressed import BY_STATE
from svx_ledger.api.vocabulary import COLLECTIONS, VERBS, path_of
from svx_ledger.domain.actor import Role
from svx_ledger.domain.kind import fields_of
from svx_ledger.domain.vocabulary import COMMANDS as CLASSES

from .table import COMMANDS, READS
from .who import ACTING, AUTHORITY, COMMUNITY, EVERYBODY, KEYED, SUPPLIER, Policy

ADDRESSES: Final[Mapping[str, str]] = {
    "health": "/health",
    "ready": "/ready",
    "metrics": "/metrics",
    "start": "/",
    "openapi": "/openapi.json",
    "documentation": "/docs",
    "problems": "/problems",
    "problem": "/problems/{name}",
    "me": "/me",
    "outcome": "/outcomes/{command_id}",
    "events": "/events",
    "event": "/events/{position}",
    "receipt": "/events/{position}/receipt",
    "log": "/log",
    "log-checkpoint": "/log/checkpoint",
    "log-tile": "/log/tile/{tile}",
    "log-keys": "/log/keys",
    "inclusion": "/proofs/inclusion",
    "consistency": "/proofs/consistency",
    "auctions": "/auctions",
    "auction": "/auctions/{auction_id}",
    "own-board": "/auctions/{auction_id}/boards/{supplier_id}",
    "timeline": "/auctions/{auction_id}/timeline",
    "auction-replay": "/auctions/{auction_id}/replay",
    "stream-replay": "/streams/{stream}/replay",
    "stream": "/streams/{stream}",
    "awards": "/awards",
    "award-facets": "/awards/facets",
    "award": "/awards/{award_id}",
    "organisation": "/organisations/{organisation_id}",
    "organisations": "/organisations",
    "access-grants": "/access",
    "api-keys": "/api-keys",
    "proxy-sets": "/proxy-sets",
    "projects": "/projects",
    "needs": "/needs",
    "procurements": "/procurements",
    "contracts": "/contracts",
    "pledges": "/pledges",
    **{kind: one.path for kind, one in BY_STATE.items()},
    "requests": "/requests",
    "trail": "/trail",
    "leverage": "/leverage",
    "leverage-figures": "/leverage/figures",
    "leverage-parts": "/leverage/parts",
    "leverage-lines": "/leverage/lines",
    "leverage-sensitivity": "/leverage/sensitivity",
    "leverage-explanation": "/leverage/explain",
}
"""Of the reads, but for the questions: `report-due` is at `/reports/due`."""
TOGETHER: Final[tuple[tuple[frozenset[Role], str], ...]] = (
    (EVERYBODY, "everybody"),
    (KEYED, "whoever has a key"),
    (ACTING, "whoever acts for it"),
    (AUTHORITY, "authority"),
    (SUPPLIER, "supplier"),
    (COMMUNITY, "community"),
)
"""What sets of roles are called; the larger one first."""
INTRODUCTION: Final = """\
# Who may call what

Made from the table of policies in `svx_ledger.api.policy`, which the API turns people away by;
tests hold each of its cells to the rules of the exchange.

- **On their own**: on what belongs to the organisation that one's key stands for. What somebody
  makes belongs to the organisation that they name in it, which is to be their own.
- **On anybody's**: on what belongs to whichever organisation. Where a command has a field for
  whoever acts, such as `verifier_id`, it names one's own organisation.
- **Operator for it**: the operator may enter what a community organisation tells it, with
  `Svx-On-Behalf-Of: organisation-…`. Nobody else's key does anything for another organisation.
- **If-Match**: the answer is 428 without the version of the thing that one has read, and 412
  where it has another one by now. Elsewhere `If-Match` may be sent, and is heeded.
- *authority* is its buyers, assessors, approvers and contract managers; *supplier* its bidders
  and signatories; *community* its leads and confirmers. *Whoever acts for it* is all of these,
  an evaluator or an operator, for their own organisation. An authority's observers and a
  witness look on.

Who may give a command may still be refused: because an act takes two people, because of an
interest, or by the state of things. So a key is issued and revoked by the person who acts with
it, and for anybody of an organisation by who leads it. A key does no more than its scopes
([keys](keys.md)). Without a key nobody gives a command.
"""
OF_COMMANDS: Final = """
## Commands

A command that makes a thing has a second address without the thing's name, such as
`POST /auctions/draft`.

| command | address | on their own | on anybody's | operator for it | If-Match |
|---|---|---|---|---|---|
"""
OF_READS: Final = """
## Reads

*Everybody* needs no key. Where the answer hangs on who asks, each sees what
[visibility](../visibility.md) lets them, and the public the least. A key without the scope
`read` is answered as the public is; what says *with any key* it is answered as any other.

| read | address | who | the answer |
|---|---|---|---|
"""


def page() -> str:
    """Return the page."""
    commands = "".join(_row(_command(name)) for name in COMMANDS)
    reads = "".join(_row(_read(name)) for name in READS)
    return INTRODUCTION + OF_COMMANDS + commands + OF_READS + reads


def address_of(read: str) -> str:
    """Return where a read is asked."""
    verb = read.removeprefix("report-")
    return ADDRESSES.get(read) or f"/reports/{verb}"


def _command(name: str) -> Iterator[str]:
    policy = COMMANDS[name]
    yield f"`{name}`"
    assert VERBS[name].group in COLLECTIONS
    yield f"`POST {path_of(name, '{' + fields_of(CLASSES[name])[0] + '}')}`"
    yield said(policy.themselves)
    yield said(policy.roles if policy.whose == "any" else policy.anywhere)
    yield "yes" if policy.entered else ""
    yield "required" if policy.if_match else ""


def _read(name: str) -> Iterator[str]:
    policy = READS[name]
    yield f"`{name}`"
    yield f"`GET {address_of(name)}`"
    yield said(policy.roles)
    yield _answer(policy)


def _answer(policy: Policy) -> str:
    match policy.whose:
        case "seen":
            return "what they may see"
        case "own":
            return "of themselves, with any key" if policy.unscoped else "of themselves"
        case "any":
            return "the same for all"


def said(roles: frozenset[Role]) -> str:
    """Return how a set of roles is told."""
    words: list[str] = []
    for together, name in TOGETHER:
        if together <= roles:
            words.append(name)
            roles -= together
    return ", ".join((*words, *sorted(roles)))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    sys.stdout.write(page())
