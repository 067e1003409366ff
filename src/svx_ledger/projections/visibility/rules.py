"""The rules of visibility: when a record is everybody's, and who may see it before that.

A viewer is a person in a role for an organisation, or nobody in particular: the public.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from svx_ledger.domain.actor import Actor

from .about import (
    About,
    at_once,
    never,
    once_approved,
    once_disclosed,
    once_excluded,
    once_ranked,
    once_voided,
)
from .audiences import (
    a_reader,
    authority_of_auction,
    authority_or_auditor,
    authority_or_supplier,
    bidder_or_reader,
    either_side,
    itself,
    nobody,
    owner_operator_or_auditor,
    owner_or_auditor,
    owning_supplier,
    that_supplier,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """When a record is `public`, and whom it is shown to `before` that.

    Of what is `traceless` nobody may even know the stream, but for those of whom `knows` says
    so by its name; then that holds for all that is ever on the stream.
    """

    name: str
    public: Callable[[About], bool]
    before: Callable[[About, Actor], bool]
    knows: Callable[[str, Actor], bool] | None = None

    @property
    def traceless(self) -> bool:
        """Whether it must not even be seen to have happened on its stream."""
        return self.knows is not None

    def allows(self, about: About, viewer: Actor | None) -> bool:
        """Whether this viewer may see it; what is not known to be shown is hidden."""
        return self.public(about) or (viewer is not None and self.before(about, viewer))


PUBLIC: Final = Rule("public", at_once, nobody)
PARTICIPATION: Final = Rule("participation", once_ranked, authority_or_supplier)
FLAG: Final = Rule("participation-flag", once_ranked, authority_of_auction)
COMPETES_IN: Final = Rule("competes-in", never, itself, knows=that_supplier)
BIDDING: Final = Rule("bid", once_ranked, bidder_or_reader)
SCORES: Final = Rule("scores", once_disclosed, a_reader)
EXCLUSION: Final = Rule("exclusion-request", once_excluded, authority_or_supplier)
VOIDING: Final = Rule("void-request", once_voided, either_side)
RECOMMENDATION: Final = Rule("recommendation", once_approved, authority_or_auditor)
CONFLICTS: Final = Rule("conflicts", never, authority_or_auditor)
ACCESS: Final = Rule("access", never, owner_operator_or_auditor)
RESOURCE: Final = Rule("resource", never, owning_supplier)
CORRECTION: Final = Rule("correction-request", once_approved, owner_or_auditor)
