"""What an auditor asks of persons: who stands on both sides.

The rules refuse that one person asks and approves in one thing. What they cannot see in one
thing shows over many: who claims here and confirms there, who approve each other's requests,
who acts for several organisations. Such a row says who and where; it is no finding.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction import breaks
from svx_ledger.domain.auction import events as auction
from svx_ledger.domain.award import events as award
from svx_ledger.domain.contract import events as contract
from svx_ledger.domain.kind import Event
from svx_ledger.domain.need import NeedApproved, NeedProposed
from svx_ledger.domain.organisation import OrganisationReinstated, OrganisationSuspended
from svx_ledger.domain.pledge import events as pledge
from svx_ledger.domain.pledge import outcomes
from svx_ledger.eventlog.types import stored_name
from svx_ledger.projections.table import Rows
from svx_ledger.projections.trail_rows import TrailRow, TrailRows
from svx_ledger.projections.view import View
from svx_ledger.projections.visibility import entry_shown

from .asking import positions


class Pair(NamedTuple):
    """An act, and the one by which a second person or side answers it on the same stream."""

    act: type[Event]
    answer: type[Event]


IN_ONE: Final = (
    Pair(auction.FreezeRequested, auction.AuctionRulesFrozen),
    Pair(breaks.ResumeRequested, breaks.AuctionResumed),
    Pair(award.AwardRecommended, award.AwardApproved),
    Pair(contract.VariationRequested, contract.ContractVaried),
    Pair(outcomes.WriteOffRequested, outcomes.PledgeWrittenOff),
    Pair(pledge.DeliveryClaimed, pledge.DeliveryConfirmed),
    Pair(NeedProposed, NeedApproved),
    Pair(OrganisationSuspended, OrganisationReinstated),
)
"""Acts of two people. What is hidden until it is answered shows with its answer."""
ACROSS: Final = (
    Pair(NeedProposed, NeedApproved),
    Pair(pledge.DeliveryClaimed, pledge.DeliveryConfirmed),
)
"""Acts of two sides: one person that does both, if in different things, stands on both."""


class SamePerson(NamedTuple):
    """One person, or two who answer each other, where two independent ones are meant.

    `check` is `both-in-one` (the rules refuse it: a row is a breach), `both-across` (one side
    here, the other side there), `each-other` (two people who approve each other's requests,
    `second` being the other one) or `several-organisations`.
    """

    check: str
    person_id: str
    second: str | None
    says: str
    positions: tuple[int, ...]


def same_person(view: View, viewer: Actor | None = None) -> tuple[SamePerson, ...]:
    """Return where one person stands on both sides, or might: flags, not findings.

    Only acts that everybody may see now are looked at, whoever asks, so that the answer is the
    same for all. Persons are pseudonyms. The operator enters what others tell it, and the clock
    is nobody: neither is looked at for acting for several organisations.
    """
    del viewer
    acts = {kind: _acts(view.rows, kind) for pair in IN_ONE for kind in pair}
    found = (
        *_in_one(acts),
        *_across(acts),
        *_each_other(acts),
        *_several(view.rows),
    )
    return tuple(sorted(found, key=lambda row: (row.check, row.person_id, row.says)))


Acts = dict[type[Event], list[TrailRow]]


def _acts(rows: Rows, kind: type[Event]) -> list[TrailRow]:
    found = TrailRows(rows).of_type(stored_name(kind))
    return [act for act in found if entry_shown(act, rows, None)]


def _answered(acts: Acts, pair: Pair) -> Iterator[tuple[TrailRow, TrailRow]]:
    """Give each answer with the last act before it on its stream, and each once."""
    asked: defaultdict[str, list[TrailRow]] = defaultdict(list)
    for act in acts[pair.act]:
        asked[act.stream].append(act)
    for answer in acts[pair.answer]:
        before = [act for act in asked[answer.stream] if act.position < answer.position]
        if before:
            yield before[-1], answer


def _in_one(acts: Acts) -> Iterator[SamePerson]:
    for pair in IN_ONE:
        for act, answer in _answered(acts, pair):
            if act.person_id == answer.person_id:
                says = f"{_said(act)} and {_said(answer)} on {act.stream}"
                both = positions(act.position, answer.position)
                yield SamePerson("both-in-one", act.person_id, None, says, both)


def _across(acts: Acts) -> Iterator[SamePerson]:
    for pair in ACROSS:
        asks, answers = _by_person(acts[pair.act]), _by_person(acts[pair.answer])
        for person in asks.keys() & answers.keys():
            streams = {act.stream for act in asks[person]}
            apart = [answer for answer in answers[person] if answer.stream not in streams]
            if apart:
                acts_of = [*asks[person], *apart]
                says = f"{_said(acts_of[0])} and, elsewhere, {_said(apart[0])}"
                at = positions(*(act.position for act in acts_of))
                yield SamePerson("both-across", person, None, says, at)


def _each_other(acts: Acts) -> Iterator[SamePerson]:
    """Give two people who answered each other's requests, both ways, in acts of one kind."""
    for pair in IN_ONE:
        if pair in ACROSS:  # their sides differ: nobody can answer both ways
            continue
        met: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for act, answer in _answered(acts, pair):
            met[act.person_id, answer.person_id] += [act.position, answer.position]
        for asker, other in sorted(met):
            if asker < other and (other, asker) in met:
                at = positions(*met[asker, other], *met[other, asker])
                name = stored_name(pair.answer).removesuffix(".v1")
                says = f"each other's requests: {name}"
                yield SamePerson("each-other", asker, other, says, at)


def _several(rows: Rows) -> Iterator[SamePerson]:
    first: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for act in TrailRows(rows).all():
        named = act.organisation_id and act.role != "operator"
        if named and entry_shown(act, rows, None):
            first[act.person_id].setdefault(str(act.organisation_id), act.position)
    for person, of in first.items():
        if len(of) > 1:
            says = "acts for " + ", ".join(sorted(of))
            yield SamePerson(
                "several-organisations", person, None, says, positions(*of.values())
            )


def _by_person(acts: Iterable[TrailRow]) -> dict[str, list[TrailRow]]:
    found: defaultdict[str, list[TrailRow]] = defaultdict(list)
    for act in acts:
        found[act.person_id].append(act)
    return found


def _said(act: TrailRow) -> str:
    return act.type.removesuffix(".v1")
