"""Why there is no evidence bundle, or not yet: refusals that say what to wait for."""

from typing import Final

from svx_ledger.domain.rule import NOT_FOUND, Refusal, Rule

NOT_PUBLISHED_YET: Final = Rule(
    "not-published-yet",
    "An evidence bundle rests on a published head that covers what it is about.",
    "Publish the log (`svx-ledger publish`), or name the size of a published head.",
    "conflict",
)
NO_SUCH_HEAD: Final = Rule(
    "no-such-head",
    "The state of the published log has no head of this size with a quorum.",
    "Name the size of one that it has, or leave out --head for the newest. Heads between "
    "closes are not made again once the state was lost (docs/publishing.md).",
    "conflict",
)
NOT_DISCLOSED_YET: Final = Rule(
    "not-disclosed-yet",
    "An evidence bundle is made once everybody may see what it is about.",
    "Wait until then; --partial makes it now and lists what is hidden as withheld.",
)
TOO_LARGE_FOR_ONE_FILE: Final = Rule(
    "too-large-for-one-file",
    "An evidence bundle holds 32,000 records and 256 MiB at most.",
    "Ask for an award, or give single receipts (GET /events/{position}/receipt).",
)


class NoEvidence(Exception):
    """No evidence bundle can be made; the refusal says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def nothing_of(kind: str, name: str) -> NoEvidence:
    """Return the refusal that says that there is no auction or award of this name."""
    return NoEvidence(NOT_FOUND.refuse(**{kind: name}))
