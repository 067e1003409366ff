"""The table: who may call each operation, on whose things.

A command's roles are those that its decider lets through, and the deciders stay in force behind
this table: it turns away at the edge what no decider would let through. Hence nothing is
derived from the rules while it runs; tests try every cell against every decider.

A command without a key is nobody's: the rules let the public register an organisation, but a
write has a person to whom its repetition, its limits and its record belong, and no key stands
for the public. What is registered for somebody without a key, somebody with one enters.

`if_match` stands only where an act replaces a whole earlier statement and nobody would notice
that one was lost. Bids replace a bid, too, and have none: every rival's bid would be a reason
to turn one away. Requests that take the place of another are numbered, or their approval names
what it approves.
"""

from collections.abc import Mapping
from typing import Final

from svx_ledger.api.addressed import BY_STATE

from .who import (
    ACTING,
    APPROVER,
    ASSESSOR,
    AUDITOR,
    AUTHORITY,
    BUYER,
    COMMUNITY,
    EVALUATOR,
    INDEPENDENT,
    KEYED,
    LEADERS,
    MANAGER,
    OPEN,
    OPERATOR,
    SEEN,
    SUPPLIER,
    Policy,
    anyones,
    own,
)

COMMANDS: Final[Mapping[str, Policy]] = {
    "AcceptClockStep": anyones(OPERATOR),
    "ResumeLedger": anyones(OPERATOR),
    "RegisterOrganisation": anyones(KEYED),
    "VerifyOrganisation": anyones(AUTHORITY, OPERATOR),
    "SuspendOrganisation": anyones(AUTHORITY, OPERATOR),
    "ReinstateOrganisation": anyones(AUTHORITY, OPERATOR),
    # Somebody of neither organisation who declares a tie between them is an authority.
    "DeclareConnection": own(SUPPLIER, COMMUNITY, EVALUATOR, anywhere=AUTHORITY | OPERATOR),
    # A description is the whole of what is said: two people who each add a group to what they
    # read would leave one of the two out.
    "DescribeOrganisation": own(COMMUNITY, entered=True, if_match=True),
    "RegisterKey": own(ACTING),
    "RevokeKey": own(ACTING, anywhere=OPERATOR),
    "GrantAccess": own(LEADERS, anywhere=OPERATOR),
    "RevokeAccess": own(LEADERS, anywhere=OPERATOR),
    # Of one's own access, that is; who leads the organisation, of anybody's there.
    "IssueApiKey": own(KEYED, anywhere=OPERATOR),
    "RevokeApiKey": own(KEYED, anywhere=OPERATOR),
    "AdoptProxySet": own(EVALUATOR, AUTHORITY),
    "SupersedeProxySet": own(EVALUATOR, AUTHORITY),
    "RegisterProject": own(COMMUNITY, entered=True),
    "ProposeNeed": own(COMMUNITY, entered=True),
    "ApproveNeed": anyones(AUTHORITY),
    "WithdrawNeed": own(COMMUNITY, entered=True),
    "OfferResource": own(SUPPLIER),
    "WithdrawResource": own(SUPPLIER),
    "OfferDirectly": own(SUPPLIER),
    "AcceptOffer": own(COMMUNITY, entered=True),
    "DeclineOffer": own(COMMUNITY, entered=True),
    "RegisterProcurement": own(BUYER),
    # A supplier's or evaluator's person declares an interest of their own, whoever buys.
    "DeclareInterest": own(AUTHORITY, anywhere=SUPPLIER | EVALUATOR),
    # A review judges every interest anew: what a colleague found conflicted a minute ago would
    # be found clear by whoever had not read it.
    "ReviewConflicts": own(APPROVER, BUYER, if_match=True),
    "PublishTenderNotice": own(AUTHORITY),
    "PublishNotice": own(AUTHORITY),
    "CompleteProcurement": own(AUTHORITY),
    "TerminateProcurement": own(AUTHORITY),
    "ObserveProcurement": anyones(OPERATOR),
    "RecordNotice": anyones(OPERATOR),
    "RecordPublishedAward": anyones(OPERATOR),
    "DraftAuction": own(AUTHORITY),
    "ListNeed": own(AUTHORITY),
    "RelistNeed": own(AUTHORITY),
    "DelistNeed": own(AUTHORITY),
    "RequestFreeze": own(AUTHORITY),
    "ApproveFreeze": own(AUTHORITY),
    "InviteSupplier": own(AUTHORITY),
    "AcceptInvitation": own(SUPPLIER),
    "QualifySupplier": own(AUTHORITY),
    "ScheduleAuction": own(AUTHORITY),
    "SealAssessment": own(ASSESSOR),
    "OpenAuction": own(AUTHORITY),
    "SubmitBid": own(SUPPLIER),
    "WithdrawBid": own(SUPPLIER),
    "DiscloseAssessment": own(AUTHORITY),
    "PauseAuction": own(AUTHORITY, anywhere=OPERATOR),
    "RequestResume": own(AUTHORITY, anywhere=INDEPENDENT),
    "ApproveResume": own(AUTHORITY, anywhere=INDEPENDENT),
    "ReadHiddenAmounts": anyones(AUDITOR),
    "CancelAuction": own(AUTHORITY),
    "DeclareUnsuccessful": own(AUTHORITY),
    "RequestVoid": own(AUTHORITY, anywhere=INDEPENDENT),
    "ApproveVoid": own(AUTHORITY, anywhere=INDEPENDENT),
    "RequestExclusion": own(AUTHORITY),
    "ApproveExclusion": own(APPROVER),
    "RankAssessment": own(AUTHORITY),
    "RecommendAward": own(ASSESSOR, BUYER),
    "ApproveAward": own(APPROVER),
    "SendAssessmentSummaries": own(AUTHORITY),
    "PublishAwardNotice": own(AUTHORITY),
    "RecordRepresentation": own(AUTHORITY),
    "RecordProceedings": own(AUTHORITY),
    "LiftSuspension": own(AUTHORITY),
    "WithdrawTender": own(APPROVER, BUYER),
    "LapseAward": own(APPROVER),
    "SetAsideAward": own(APPROVER),
    "EnterContract": own(AUTHORITY),
    "RequestVariation": own(MANAGER, BUYER),
    "ApproveVariation": own(AUTHORITY),
    "RecordContractInvoice": own(AUTHORITY),
    "ApportionEvidence": own(SUPPLIER),
    # An indicator that is set again takes the place of what had its code: its title, its goal
    # and the pledges that it cites.
    "SetKpi": own(MANAGER, BUYER, if_match=True),
    "RatePerformance": own(MANAGER, BUYER),
    "CompleteContract": own(MANAGER, BUYER),
    "TerminateContract": own(MANAGER, BUYER),
    "ClaimDelivery": own(SUPPLIER),
    "ConfirmDelivery": own(COMMUNITY, AUTHORITY),
    "WithdrawClaim": own(SUPPLIER),
    "DisputeDelivery": own(COMMUNITY, AUTHORITY),
    "ResolveDispute": own(APPROVER, MANAGER, anywhere=AUDITOR | EVALUATOR),
    "RecordDefault": own(MANAGER, BUYER),
    "RecordRemedy": own(MANAGER, BUYER),
    "RequestWriteOff": own(MANAGER, BUYER),
    "ApproveWriteOff": own(AUTHORITY),
    "ReleasePledge": own(MANAGER, BUYER),
    "RecordExchangeSpend": own(AUTHORITY),
    "RecordAdministrationCost": own(AUTHORITY),
    "RecordInput": own(AUTHORITY, SUPPLIER, COMMUNITY),
    "ObserveIndicator": own(AUTHORITY),
    # Of a project or a need, the operator may on the organisation's behalf.
    "RequestCorrection": own(ACTING, entered=True),
    "ApproveCorrection": own(ACTING),
    "EraseSubject": own(ACTING, anywhere=OPERATOR),
}
"""By the command's name; in the order of the vocabulary."""

READS: Final[Mapping[str, Policy]] = {
    "health": OPEN,
    "ready": OPEN,
    # It tells how often bids were given, and how often one was rejected: nobody's business
    # before a ranking but of who runs the service, and has the log of requests, too.
    "metrics": anyones(OPERATOR),
    "start": OPEN,
    "openapi": OPEN,
    "documentation": OPEN,
    "problems": OPEN,
    "problem": OPEN,
    # Whoever has given a command learns what became of it, by a key that does nothing else.
    "me": own(KEYED, unscoped=True),
    "outcome": own(KEYED, unscoped=True),
    "events": SEEN,
    "event": SEEN,
    "receipt": SEEN,
    "log": OPEN,
    "log-checkpoint": OPEN,
    "log-tile": OPEN,
    "log-keys": OPEN,
    "inclusion": OPEN,
    "consistency": OPEN,
    "auctions": SEEN,
    "auction": SEEN,
    # A bidder's board is its own until the ranking, and everybody's after it.
    "own-board": SEEN,
    "timeline": SEEN,
    "auction-replay": SEEN,
    "stream-replay": SEEN,
    "stream": SEEN,
    "awards": SEEN,
    "award-facets": OPEN,
    "award": SEEN,
    "organisation": SEEN,
    "organisations": OPEN,
    "access-grants": SEEN,
    "api-keys": SEEN,
    "proxy-sets": OPEN,
    "projects": OPEN,
    "needs": OPEN,
    "procurements": OPEN,
    "contracts": OPEN,
    "pledges": OPEN,
    # What each thing that has commands has come to; made from the vocabulary.
    **dict.fromkeys(BY_STATE, SEEN),
    "requests": SEEN,
    "trail": SEEN,
    "leverage": OPEN,
    "leverage-figures": OPEN,
    "leverage-parts": OPEN,
    "leverage-lines": OPEN,
    "leverage-sensitivity": OPEN,
    "leverage-explanation": OPEN,
    "report-needs": OPEN,
    "report-closing": SEEN,
    "report-participants": SEEN,
    "report-standstills": OPEN,
    "report-notices-owed": OPEN,
    "report-due": OPEN,
    "report-unmet": OPEN,
    "report-rate-pledges": OPEN,
    "report-rejected-bids": SEEN,
    "report-late-bids": SEEN,
    "report-hidden-reads": OPEN,
    "report-departures": SEEN,
    "report-same-person": OPEN,
    "report-corrections": SEEN,
    "report-sample": OPEN,
    "report-screens": OPEN,
    "report-lines": OPEN,
    "report-waterfall": OPEN,
    "report-unconfirmed": OPEN,
    "report-shared-evidence": OPEN,
    "report-exclusions": OPEN,
    "report-beneficiaries": OPEN,
    "report-my-bids": own(SUPPLIER),
    "report-receipts": own(SUPPLIER),
    "report-feedback": own(SUPPLIER),
    "report-owed": own(SUPPLIER),
    "report-asked": own(COMMUNITY),
    "report-promised": own(COMMUNITY),
    "report-waiting": own(COMMUNITY),
    "report-disputes": own(COMMUNITY),
}
"""By the name of the operation; what `seen` means stands in docs/visibility.md."""

POLICIES: Final[Mapping[str, Policy]] = {**COMMANDS, **READS}
