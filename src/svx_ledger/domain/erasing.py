"""Erasing private texts, and who may read them while they are kept.

Erased are a text and its salt; the record that holds their commitment stays. Nothing that the
rules decide on is ever private, so nothing else changes.

Procurement records are kept for three years: from the day on which the contract was entered,
or, where none was, from the day of the award (Procurement Act 2023, section 98). Only then is
their retention over. What is kept of an organisation has no such time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final

from svx_ledger.domain.award.state import Award
from svx_ledger.domain.contract.events import contract_key
from svx_ledger.domain.contract.state import Contract
from svx_ledger.domain.organisation.connecting import SIDES
from svx_ledger.domain.organisation.state import Organisation
from svx_ledger.domain.pledge.state import Pledge
from svx_ledger.domain.procurement.state import Procurement

from .actor import Actor
from .form import STREAM_NAME, Code, ContractId, Matching
from .kind import Command, Decision, States
from .permission import unless_acting, unless_authority
from .private import Basis, Commitments, SubjectErased, three_years_after
from .rule import ROLE_NOT_ALLOWED, Refusal, Rule
from .uk_calendar import uk_date

ERASABLE: Final = "organisation|procurement|award|pledge"
ErasableId = Annotated[
    str,
    Matching(
        rf"(?:{ERASABLE})-[0-9a-z]{{4,32}}",
        "the name of an organisation, a procurement, an award or a pledge: its kind, a hyphen "
        "and 4 to 32 small letters and digits",
    ),
]
"""The name of a stream that may have private texts."""
Holder = Organisation | Procurement | Award | Pledge

_AUTHORITY_OF: Final[Mapping[type[Any], Callable[[Any], str]]] = {
    Procurement: lambda procurement: str(procurement.authority_id),
    Award: lambda award: str(award.authority_id),
    Pledge: lambda pledge: str(pledge.terms.authority_id),
}

NOTHING_TO_ERASE = Rule(
    "nothing-to-erase",
    "An erasure names private texts of the stream that are kept, each once.",
    "Name commitments that stand in its records, of texts that were not erased.",
    "conflict",
)
RETENTION_NOT_BEGUN = Rule(
    "retention-not-begun",
    "Retention runs from the entry of a contract, from the award where none was entered, "
    "or from the end of a procurement; an organisation has none.",
    "Erase on another ground, if there is one.",
)
STILL_RETAINED = Rule(
    "still-retained",
    "Records of a procurement are kept for three years (Procurement Act 2023, section 98).",
    "Erase on another ground, if there is one, or wait until they are over.",
)
CONTRACT_UNNAMED = Rule(
    "contract-unnamed",
    "Where an award's texts are erased because their time is over, its contract is named, "
    "if one was entered; otherwise none is.",
    "Name that contract, or none.",
    "conflict",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseSubject(Command):
    """Erase private texts of a stream, each named by the commitment in its record.

    For an award whose retention is over, `contract_id` names the contract that it led to.
    """

    stream: ErasableId
    commitments: Commitments
    basis: Basis
    reason: Code
    contract_id: ContractId | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the stream, and the contract where one is named."""
        del states
        return (self.stream, self.contract_id) if self.contract_id else (self.stream,)

    def claims(self) -> tuple[str, ...]:
        """Return the contract that an award led to."""
        return (contract_key(self.stream),) if self.stream.startswith("award-") else ()

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Erase private texts.

        - The operator erases, or the authority whose record it is; an organisation its own.
        - Something is named, and nothing twice.
        - All that is named is a private text of this stream that was not erased yet.
        - A contract is named where one was entered on an award whose retention is over, and
          nowhere else.
        - Where the ground is retention, it began on a day that is on record.
        - Three years have passed since then.
        """
        holder = holder_in(states, self.stream)
        if refusal := _unless_theirs(actor, self.stream, holder):
            return refusal
        if refusal := self._unless_kept(holder):
            return refusal
        if refusal := self._unless_contract_named(states, holder):
            return refusal
        if self.basis == "retention":
            refusal = _unless_over(self._retained_from(states, holder), now)
            if refusal:
                return refusal
        erased = SubjectErased(
            commitments=self.commitments,
            basis=self.basis,
            reason=self.reason,
            contract_id=self.contract_id,
            erased_by=actor.id,
        )
        return [(self.stream, erased)]

    def _unless_kept(self, holder: Holder) -> Refusal | None:
        named = frozenset(self.commitments)
        kept = len(named & holder.private)
        if not kept or kept < len(self.commitments):
            return NOTHING_TO_ERASE.refuse(named=len(self.commitments), kept=kept)
        return None

    def _unless_contract_named(self, states: States, holder: Holder) -> Refusal | None:
        expected = None
        if isinstance(holder, Award) and self.basis == "retention":
            expected = states.holder(contract_key(self.stream))
        if self.contract_id != expected:
            return CONTRACT_UNNAMED.refuse(expected=expected or "none")
        return None

    def _retained_from(self, states: States, holder: Holder) -> date | None:
        if self.contract_id is not None:
            return states.of(Contract, self.contract_id).terms.entered_on
        if isinstance(holder, Award):
            approved = holder.approved
            return (approved and approved.approved_on) or holder.announced_on
        if isinstance(holder, Pledge):
            return holder.terms.entered_on
        return holder.ended_on if isinstance(holder, Procurement) else None


def holder_in(states: States, stream: str) -> Holder:
    """Return the state of a stream that may have private texts."""
    named = STREAM_NAME.fullmatch(stream)
    kinds: Mapping[str, type[Holder]] = {
        "organisation": Organisation,
        "procurement": Procurement,
        "award": Award,
        "pledge": Pledge,
    }
    return states.of(kinds[named[1] if named else ""], stream)


def private_of(state: object) -> frozenset[str]:
    """Return the commitments of the private texts that a state has, but for the erased."""
    return state.private if isinstance(state, Holder) else frozenset()


def may_read(reader: Actor, stream: str, state: object, written_by: Actor) -> bool:
    """Whether a person may read a private text of a stream that somebody wrote.

    Auditors may; people of the organisation whose record it is; and those of the organisation
    by which, or on behalf of which, it was written. The operator may not, and may erase.
    """
    if reader.role == "auditor":
        return True
    authority = _AUTHORITY_OF.get(type(state))
    owner = authority(state) if authority else stream
    writers = None if written_by.role == "operator" else written_by.organisation
    return any(
        organisation is not None and unless_acting(reader, organisation, *SIDES) is None
        for organisation in (owner, writers, written_by.on_behalf_of)
    )


def _unless_theirs(actor: Actor, stream: str, holder: Holder) -> Refusal | None:
    if actor.role == "operator":
        return None
    if isinstance(holder, Organisation):
        return unless_acting(actor, stream, *SIDES)
    if actor.side != "authority":
        return ROLE_NOT_ALLOWED.refuse(allowed="operator, authority", role=actor.role)
    return unless_authority(actor, _AUTHORITY_OF[type(holder)](holder))


def _unless_over(began_on: date | None, now: datetime) -> Refusal | None:
    if began_on is None:
        return RETENTION_NOT_BEGUN.refuse()
    over_on, today = three_years_after(began_on), uk_date(now)
    if today < over_on:
        return STILL_RETAINED.refuse(over_on=over_on.isoformat(), today=today.isoformat())
    return None


COMMANDS: tuple[type[Command], ...] = (EraseSubject,)
