"""What the parts of answers are called in the document: in the exchange's words, for good.

Programs that others make of the document have classes of these names. A part is called as its
class is, wherever that stands; `NAMES` has the names of those of which that would say too
little, or would say the same of two. Neither a table's `Row` nor a `Page` of the program is in
a name: what one address shows is a `View`. A class of which commands have a part, too, is
`Recorded` in an answer: there it may come to have more fields.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Final, get_args, get_type_hints

from svx_ledger.domain import present_value
from svx_ledger.domain.book.state import Book
from svx_ledger.domain.vocabulary import COMMANDS
from svx_ledger.projections import (
    api_keys,
    auction_rows,
    award_lines,
    award_rows,
    board,
    corrections,
    indicators,
    leading,
    need_states,
    needs,
    organisation_page,
    organisations,
    pending,
    persons,
    proxy_sets,
    register,
    shown_events,
    trail_lines,
)
from svx_ledger.projections.elsewhere import AwardElsewhere
from svx_ledger.projections.leverage import (
    delivery,
    exclusions,
    explaining,
    figures,
    lines,
    listing,
    pricing,
    whole,
)
from svx_ledger.projections.questions import (
    authority,
    beneficiaries,
    community,
    corrected,
    evaluator,
    evidence,
    feedback,
    sample,
    screens,
    supplier,
    unmet_needs,
)

NAMES: Final[dict[Any, str]] = {
    Book: "Ledger",
    api_keys.ListedKey: "ListedApiKey",
    register.RegisteredAward | AwardElsewhere: "RegisterEntry",
    auction_rows.ListedNeedRow: "AuctionNeed",
    auction_rows.WithdrawalRow: "BidWithdrawal",
    authority.Attending: "AuctionParticipation",
    authority.Closing: "ClosingAuction",
    authority.Standing: "AwardStandstill",
    award_lines.Count: "AwardCount",
    award_rows.GroundRow: "AwardGround",
    award_rows.VariationRow: "ContractVariation",
    award_rows.WithdrawnRow: "WithdrawnTender",
    beneficiaries.Benefit: "BeneficiaryShare",
    board.Place: "RankedBid",
    board.Score: "DisclosedScore",
    community.Asked: "AskedNeed",
    community.Promised: "Promise",
    corrected.Correction: "ReportedCorrection",
    corrections.CorrectedRow: "CorrectedField",
    delivery.PledgeRow: "BoundPledge",
    evaluator.Excluded: "LeverageExclusion",
    evaluator.Fall: "WaterfallStage",
    evidence.Unconfirmed: "UnconfirmedClaim",
    exclusions.Remark: "LeverageRemark",
    explaining.Behind: "FigureEvent",
    explaining.Explanation: "LeverageExplanation",
    explaining.Share: "FigureLine",
    feedback.Feedback: "TenderFeedback",
    figures.Basis: "LeverageBasis",
    figures.Figure: "LeverageFigure",
    indicators.IndicatorRow: "ObservedIndicator",
    leading.Lead: "TimelineEntry",
    lines.Line: "LeverageLine",
    lines.StageOfLine: "LeverageLineStage",
    listing.LineRow: "LeverageStagedLine",
    listing.PartRow: "LeveragePart",
    listing.SwingRow: "LeverageSwing",
    need_states.NeedCell: "NeedCount",
    needs.ProjectRow: "ProjectSummary",
    organisation_page.Attended: "AttendedAuction",
    organisations.IdentifierRow: "OrganisationIdentifier",
    organisations.KeyRow: "SigningKey",
    pending.Pending: "PendingRequest",
    persons.AccessRow: "GrantedAccess",
    present_value.RateTable: "DiscountRateTable",
    present_value.Step: "DiscountRateStep",
    pricing.Price: "ProxyPrice",
    pricing.Shares: "ProxyShares",
    proxy_sets.ProxyRow: "AdoptedProxy",
    register.Contract: "RegisteredContract",
    sample.Sampled: "SampledLine",
    screens.Screened: "ScreeningFlag",
    shown_events.ShownEvent: "Event",
    supplier.Receipt: "BidReceipt",
    trail_lines.Line: "TrailLine",
    unmet_needs.Unmet: "UnmetNeed",
    whole.WholeReport: "LeverageReport",
}


def name_of(part: Any) -> str | None:
    """Return what a part of an answer is called; None for a choice that has no name."""
    if not isinstance(part, type):
        return NAMES.get(part)
    if named := _NAMES_BY_PLACE.get(_place(part)):
        return named
    name = part.__name__.removesuffix("Row") or part.__name__
    if name.endswith("Page"):
        name = f"{name.removesuffix('Page')}View"
    return f"Recorded{name}" if _place(part) in _parts_of_commands() else name


@cache
def _parts_of_commands() -> frozenset[tuple[str, str]]:
    """Where the classes stand that commands are made of; an answer's may be made after one."""
    return frozenset(_place(part) for cls in COMMANDS.values() for part in _parts(cls))


def _parts(cls: type[Any]) -> Iterator[type[Any]]:
    for hint in get_type_hints(cls, include_extras=True).values():
        for part in _classes(hint):
            yield part
            yield from _parts(part)


def _classes(hint: Any) -> Iterator[type[Any]]:
    if isinstance(hint, type) and is_dataclass(hint) and fields(hint):
        yield hint
    for inner in get_args(hint):
        yield from _classes(inner)


def _place(cls: type[Any]) -> tuple[str, str]:
    """Tell a class, and what was made after it to say what may be hidden, from all others."""
    return cls.__module__, cls.__qualname__


_NAMES_BY_PLACE: Final = {
    _place(part): name for part, name in NAMES.items() if isinstance(part, type)
}
