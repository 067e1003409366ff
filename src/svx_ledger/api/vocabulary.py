"""Which verb gives which command, on the command line and over HTTP: the one table.

`svx-ledger auction bid` is `POST /auctions/{auction_id}/bid`. A test holds it to the domain.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from svx_ledger.domain.kind import Command


class Verb(NamedTuple):
    """Where a command is found: `svx-ledger GROUP NAME`, `POST /COLLECTION/{id}/NAME`."""

    group: str
    name: str


GROUPS: Final[Mapping[str, str]] = {
    "organisation": "Authorities, suppliers, community organisations.",
    "access": "Who may act for an organisation, in which role.",
    "key": "Keys with which programs act over HTTP.",
    "key log": "Keys with which the published log is signed.",
    "proxies": "What one unit of a measure is worth.",
    "project": "What community organisations do.",
    "need": "What their projects lack.",
    "resource": "What suppliers could give.",
    "offer": "Help offered outside an auction.",
    "procurement": "Buying exercises and their lots.",
    "auction": "From draft to close, with the bids.",
    "award": "From the assessment to the standstill.",
    "contract": "What binds, how it is varied, performed and ended.",
    "pledge": "Deliveries: claimed, confirmed, disputed; defaults and releases.",
    "spend": "What the exchange cost, and what else was put in.",
    "indicator": "Figures observed beside the exchange.",
    "correction": "Records that were wrong, put right by two people.",
    "erase": "Private texts, when their time is over or the law asks.",
    "report": "Figures from the whole ledger.",
    "replay": "Anything as it was, and what changed since.",
    "verify": "Whether the published log, and all that rests on it, is what was signed.",
    "projections": "Views of the log: how they are kept, followed, built again.",
    "clock": "When the ledger distrusts its clock, or was out.",
    "epoch": "After a restore that lost what was published.",
    "import": "What comes in from files.",
    "export": "What leaves, for tools of others.",
    "witness": "Vouching for the log of somebody else.",
    "config": "What this program is set to.",
}

VERBS: Final[Mapping[str, Verb]] = {
    "OpenLedger": Verb("", "init"),
    "AcceptClockStep": Verb("clock", "accept"),
    "ResumeLedger": Verb("clock", "record-outage"),
    "AddLogKey": Verb("key log", "add"),
    "RevokeLogKey": Verb("key log", "revoke"),
    "StartEpoch": Verb("epoch", "start"),
    "RegisterOrganisation": Verb("organisation", "register"),
    "VerifyOrganisation": Verb("organisation", "verify"),
    "SuspendOrganisation": Verb("organisation", "suspend"),
    "ReinstateOrganisation": Verb("organisation", "reinstate"),
    "DeclareConnection": Verb("organisation", "declare-connection"),
    "DescribeOrganisation": Verb("organisation", "describe"),
    "RegisterKey": Verb("organisation", "register-key"),
    "RevokeKey": Verb("organisation", "revoke-key"),
    "GrantAccess": Verb("access", "grant"),
    "RevokeAccess": Verb("access", "revoke"),
    "IssueApiKey": Verb("key", "issue"),
    "RevokeApiKey": Verb("key", "revoke"),
    "AdoptProxySet": Verb("proxies", "adopt"),
    "SupersedeProxySet": Verb("proxies", "supersede"),
    "RegisterProject": Verb("project", "register"),
    "ProposeNeed": Verb("need", "propose"),
    "ApproveNeed": Verb("need", "approve"),
    "WithdrawNeed": Verb("need", "withdraw"),
    "OfferResource": Verb("resource", "offer"),
    "WithdrawResource": Verb("resource", "withdraw"),
    "OfferDirectly": Verb("offer", "make"),
    "AcceptOffer": Verb("offer", "accept"),
    "DeclineOffer": Verb("offer", "decline"),
    "RegisterProcurement": Verb("procurement", "register"),
    "DeclareInterest": Verb("procurement", "declare-interest"),
    "ReviewConflicts": Verb("procurement", "review-conflicts"),
    "PublishTenderNotice": Verb("procurement", "publish-notice"),
    "PublishNotice": Verb("procurement", "publish-other-notice"),
    "CompleteProcurement": Verb("procurement", "complete"),
    "TerminateProcurement": Verb("procurement", "terminate"),
    "ObserveProcurement": Verb("procurement", "observe"),
    "RecordNotice": Verb("procurement", "observe-notice"),
    "RecordPublishedAward": Verb("procurement", "observe-award"),
    "DraftAuction": Verb("auction", "draft"),
    "ListNeed": Verb("auction", "list-need"),
    "RelistNeed": Verb("auction", "relist-need"),
    "DelistNeed": Verb("auction", "delist-need"),
    "RequestFreeze": Verb("auction", "request-freeze"),
    "ApproveFreeze": Verb("auction", "approve-freeze"),
    "InviteSupplier": Verb("auction", "invite"),
    "AcceptInvitation": Verb("auction", "accept-invitation"),
    "QualifySupplier": Verb("auction", "qualify"),
    "ScheduleAuction": Verb("auction", "schedule"),
    "SealAssessment": Verb("auction", "seal-assessment"),
    "OpenAuction": Verb("auction", "open"),
    "SubmitBid": Verb("auction", "bid"),
    "WithdrawBid": Verb("auction", "withdraw-bid"),
    "DiscloseAssessment": Verb("auction", "disclose-assessment"),
    "PauseAuction": Verb("auction", "pause"),
    "RequestResume": Verb("auction", "request-resume"),
    "ApproveResume": Verb("auction", "approve-resume"),
    "ReadHiddenAmounts": Verb("auction", "read-hidden"),
    "CancelAuction": Verb("auction", "cancel"),
    "DeclareUnsuccessful": Verb("auction", "declare-unsuccessful"),
    "RequestVoid": Verb("auction", "request-void"),
    "ApproveVoid": Verb("auction", "approve-void"),
    "RequestExclusion": Verb("auction", "request-exclusion"),
    "ApproveExclusion": Verb("auction", "approve-exclusion"),
    "RankAssessment": Verb("award", "rank"),
    "RecommendAward": Verb("award", "recommend"),
    "ApproveAward": Verb("award", "approve"),
    "SendAssessmentSummaries": Verb("award", "send-summaries"),
    "PublishAwardNotice": Verb("award", "publish-notice"),
    "RecordRepresentation": Verb("award", "record-representation"),
    "RecordProceedings": Verb("award", "record-proceedings"),
    "LiftSuspension": Verb("award", "lift-suspension"),
    "WithdrawTender": Verb("award", "withdraw-tender"),
    "LapseAward": Verb("award", "lapse"),
    "SetAsideAward": Verb("award", "set-aside"),
    "EnterContract": Verb("contract", "enter"),
    "RequestVariation": Verb("contract", "request-variation"),
    "ApproveVariation": Verb("contract", "approve-variation"),
    "RecordContractInvoice": Verb("contract", "record-invoice"),
    "ApportionEvidence": Verb("contract", "apportion-evidence"),
    "SetKpi": Verb("contract", "set-kpi"),
    "RatePerformance": Verb("contract", "rate"),
    "CompleteContract": Verb("contract", "complete"),
    "TerminateContract": Verb("contract", "terminate"),
    "ClaimDelivery": Verb("pledge", "claim"),
    "ConfirmDelivery": Verb("pledge", "confirm"),
    "WithdrawClaim": Verb("pledge", "withdraw-claim"),
    "DisputeDelivery": Verb("pledge", "dispute"),
    "ResolveDispute": Verb("pledge", "resolve"),
    "RecordDefault": Verb("pledge", "record-default"),
    "RecordRemedy": Verb("pledge", "record-remedy"),
    "RequestWriteOff": Verb("pledge", "request-write-off"),
    "ApproveWriteOff": Verb("pledge", "approve-write-off"),
    "ReleasePledge": Verb("pledge", "release"),
    "RecordExchangeSpend": Verb("spend", "record"),
    "RecordAdministrationCost": Verb("spend", "record-administration"),
    "RecordInput": Verb("spend", "record-input"),
    "ObserveIndicator": Verb("indicator", "observe"),
    "RequestCorrection": Verb("correction", "request"),
    "ApproveCorrection": Verb("correction", "approve"),
    "EraseSubject": Verb("erase", "subject"),
}

COLLECTIONS: Final[Mapping[str, str]] = {
    "organisation": "organisations",
    "access": "access",
    "key": "api-keys",
    "proxies": "proxy-sets",
    "project": "projects",
    "need": "needs",
    "resource": "resource-offers",
    "offer": "direct-offers",
    "procurement": "procurements",
    "auction": "auctions",
    "award": "awards",
    "contract": "contracts",
    "pledge": "pledges",
    "spend": "spend",
    "indicator": "indicators",
    "correction": "corrections",
    "erase": "streams",
    "clock": "ledgers",
}
"""What the things of a group of verbs are called in an address."""
_BY_THE_THING: Final[Mapping[str, tuple[str, str]]] = {
    "AcceptClockStep": ("ledgers", "accept-clock-step"),
    "ListNeed": ("needs", "list"),
    "RelistNeed": ("needs", "relist"),
    "DelistNeed": ("needs", "delist"),
    "EraseSubject": ("streams", "erase-subject"),
}
"""Where the verb stands in the group of another thing than the one that it is given on."""


def path_of(command: str, target: str) -> str:
    """Return the path of a command on a thing; `target` is the thing's name, or `{field}`.

    Raises LookupError for a command that is given beside the store, and not over HTTP.
    """
    verb = VERBS[command]
    collection, act = _BY_THE_THING.get(command, (COLLECTIONS[verb.group], verb.name))
    return f"/{collection}/{target}/{act}"


NAMED_BY_GIVER: Final = frozenset({"IssueApiKey"})
"""What is never named by the ledger: the name of a key is a part of its text."""


def creates(cls: "type[Command]") -> bool:
    """Whether a command makes the thing that it is given on, and may leave its name open."""
    return "creates" in vars(cls) and cls.__name__ not in NAMED_BY_GIVER


def path_to_new(command: str) -> str:
    """Return the path of a command that makes a thing and leaves its name to the ledger."""
    verb = VERBS[command]
    return f"/{COLLECTIONS[verb.group]}/{verb.name}"


KEY_FORM: Final = r"(?!clock:)[A-Za-z0-9][A-Za-z0-9._~:-]{0,127}"
"""An Idempotency-Key: it stands in an address as it is, where its outcome is asked for."""
