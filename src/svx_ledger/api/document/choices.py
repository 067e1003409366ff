"""The choices among words that have a name, and which of them may come to have more words.

What is sent has one of the words that there are. What is answered may have another one later:
the form of an answer takes any word beside those of today, and so do programs made of it. Only
where the words of today are all that there can be does an answer keep to them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, get_args, get_type_hints

from svx_ledger.domain.actor import Role
from svx_ledger.domain.auction import state as auction
from svx_ledger.domain.book.state import ClockKind
from svx_ledger.domain.contract import state as contract
from svx_ledger.domain.correction.state import Correction
from svx_ledger.domain.direct_offer.state import DirectOffer
from svx_ledger.domain.need.state import Need
from svx_ledger.domain.organisation.codes import Group
from svx_ledger.domain.organisation.events import Side
from svx_ledger.domain.pledge import state as pledge
from svx_ledger.domain.present_value import Convention
from svx_ledger.domain.procurement import events as procurement
from svx_ledger.domain.procurement.state import Phase
from svx_ledger.domain.proxies import ProxySet
from svx_ledger.domain.resource_offer import ResourceOffer
from svx_ledger.domain.spend.state import Kind
from svx_ledger.projections import leading, need_states
from svx_ledger.projections.api_keys import KeyState
from svx_ledger.projections.leverage import figures
from svx_ledger.projections.leverage.vocabulary import (
    Dimension,
    Per,
    PeriodBasis,
    Stage,
    Weight,
)
from svx_ledger.projections.lists.offered import SetState
from svx_ledger.projections.lists.parties import AccessState, OrganisationState
from svx_ledger.projections.register_cards import Standstill
from svx_ledger.projections.replay.difference import How
from svx_ledger.projections.retention import Retention

from .patterns import Schema

PROGRESS: Final = ("sequenced", "integrated", "published")
"""How far a record has come."""
OUTCOME: Final = ("sequenced", "rejected", "refused")
"""What became of a command, as far as it is on record."""


def _words_of(cls: type[Any], field: str) -> tuple[str, ...]:
    return get_args(get_type_hints(cls)[field])


CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "AccessState": get_args(AccessState),
    "AnswerFormat": get_args(Literal["json", "csv"]),
    "ApiKeyState": get_args(KeyState),
    "AuctionPhase": get_args(auction.Phase),
    "BeneficiaryGroup": get_args(Group),
    "ClockKind": get_args(ClockKind),
    "ConflictOutcome": get_args(procurement.Outcome),
    "ContractPhase": get_args(contract.Phase),
    "CorrectionPhase": _words_of(Correction, "phase"),
    "DifferenceKind": get_args(How),
    "DirectOfferPhase": _words_of(DirectOffer, "phase"),
    "DiscountConvention": get_args(Convention),
    "InterestNature": get_args(procurement.Nature),
    "LeadChange": get_args(leading.Why),
    "LeverageDenominator": get_args(Per),
    "LeverageDimension": get_args(Dimension),
    "LeverageStage": get_args(Stage),
    "LeverageUnit": get_args(figures.Unit),
    "Nation": get_args(procurement.Nation),
    "NeedPhase": _words_of(Need, "phase"),
    "NeedState": get_args(need_states.State),
    "OrganisationSide": get_args(Side),
    "OrganisationState": get_args(OrganisationState),
    "OutcomeState": OUTCOME,
    "PeriodBasis": get_args(PeriodBasis),
    "PledgePhase": get_args(pledge.Phase),
    "ProcurementPhase": get_args(Phase),
    "ProcurementRegime": get_args(procurement.Regime),
    "Progress": PROGRESS,
    "ProxySetPhase": _words_of(ProxySet, "phase"),
    "ProxySetState": get_args(SetState),
    "ResourceOfferPhase": _words_of(ResourceOffer, "phase"),
    "RetentionStart": _words_of(Retention, "counted_from"),
    "Role": get_args(Role),
    "SocialValuePolicy": get_args(procurement.Policy),
    "SpendKind": get_args(Kind),
    "StandstillState": get_args(Standstill),
    "ValueBasis": get_args(Weight),
}
_WHOLE: Final = ("ClockKind", "DifferenceKind", "OutcomeState")
CLOSED: Final = frozenset(CHOICES[name] for name in _WHOLE)
"""Time is real or simulated; a part was added, removed or changed; and by what became of a
command programs decide what to do next."""
ANOTHER: Final[Schema] = {"type": "string"}
"""Any word, beside those of today."""
_OF_WORDS: Final = {str: "string", int: "integer", bool: "boolean"}


def one_of(words: Sequence[Any]) -> Schema:
    """Return the form of what is one of these words, and no other."""
    types = sorted({_OF_WORDS[type(word)] for word in words})
    return {"type": types[0] if len(types) == 1 else types, "enum": [*words]}


def answered(words: Sequence[Any]) -> Schema:
    """Return the form of a word in an answer: one of these, or one that may come.

    A word that stands alone tells a form from others, and stays alone.
    """
    known = one_of(words)
    if len(words) == 1:
        return {"type": known["type"], "const": words[0]}
    if known["type"] != "string" or tuple(words) in CLOSED:
        return known
    return {"anyOf": [known, ANOTHER]}


def is_open(schema: Mapping[str, Any]) -> bool:
    """Whether a form is one of some words, or another that may come."""
    known, *others = schema.get("anyOf") or [{}]
    if others != [ANOTHER]:
        return False
    return "enum" in known or known.get("$ref", "").rpartition("/")[2] in CHOICES
