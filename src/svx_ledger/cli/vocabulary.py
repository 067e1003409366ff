"""Which verb gives which command: the one table, checked against the domain by a test."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Verb(NamedTuple):
    """Where a command is found: `svx-ledger GROUP NAME`."""

    group: str
    name: str


GROUPS: Final[Mapping[str, str]] = {
    "organisation": "Authorities, suppliers, community organisations.",
    "proxies": "What one unit of a measure is worth.",
    "project": "What community organisations do.",
    "need": "What their projects lack.",
    "procurement": "Buying exercises and their lots.",
    "auction": "From draft to close, with the bids.",
    "award": "From the assessment to the standstill.",
    "contract": "What binds, and how it is varied.",
    "pledge": "Deliveries: claimed and confirmed.",
    "spend": "What the exchange cost its payer.",
    "report": "Figures from the whole ledger.",
    "clock": "When the ledger distrusts its clock.",
    "config": "What this program is set to.",
}

VERBS: Final[Mapping[str, Verb]] = {
    "OpenLedger": Verb("", "init"),
    "AcceptClockStep": Verb("clock", "accept"),
    "RegisterOrganisation": Verb("organisation", "register"),
    "VerifyOrganisation": Verb("organisation", "verify"),
    "AdoptProxySet": Verb("proxies", "adopt"),
    "RegisterProject": Verb("project", "register"),
    "ProposeNeed": Verb("need", "propose"),
    "ApproveNeed": Verb("need", "approve"),
    "RegisterProcurement": Verb("procurement", "register"),
    "PublishTenderNotice": Verb("procurement", "publish-notice"),
    "DraftAuction": Verb("auction", "draft"),
    "ListNeed": Verb("auction", "list-need"),
    "RequestFreeze": Verb("auction", "request-freeze"),
    "ApproveFreeze": Verb("auction", "approve-freeze"),
    "InviteSupplier": Verb("auction", "invite"),
    "AcceptInvitation": Verb("auction", "accept-invitation"),
    "QualifySupplier": Verb("auction", "qualify"),
    "ScheduleAuction": Verb("auction", "schedule"),
    "SealAssessment": Verb("auction", "seal-assessment"),
    "OpenAuction": Verb("auction", "open"),
    "SubmitBid": Verb("auction", "bid"),
    "DiscloseAssessment": Verb("auction", "disclose-assessment"),
    "RankAssessment": Verb("award", "rank"),
    "RecommendAward": Verb("award", "recommend"),
    "ApproveAward": Verb("award", "approve"),
    "SendAssessmentSummaries": Verb("award", "send-summaries"),
    "PublishAwardNotice": Verb("award", "publish-notice"),
    "EnterContract": Verb("contract", "enter"),
    "RequestVariation": Verb("contract", "request-variation"),
    "ApproveVariation": Verb("contract", "approve-variation"),
    "ClaimDelivery": Verb("pledge", "claim"),
    "ConfirmDelivery": Verb("pledge", "confirm"),
    "RecordExchangeSpend": Verb("spend", "record"),
    "RecordAdministrationCost": Verb("spend", "record-administration"),
}
