"""Who may see what, and from when on (invariant 12): the one place that says so.

Until an auction is ranked, nobody sees what a bid is worth, who made it, why one was rejected,
or which one moved the close, but for its own bidder; and nobody sees who takes part but for
the authority and the supplier itself. Until the assessment is disclosed, nobody sees a sealed
score. Nobody includes the operator: an auditor reads hidden amounts for a stated purpose, and
that is an act on record of its own. Every query asks here, and so does everything that shows
records.

- `table`: the rule of every event type, and of the fields of states
- `rules`: each rule, that is when a record is everybody's and who sees it before that
- `about`: what a rule is asked about, and from when on that is everybody's
- `audiences`: who sees it before
- `moments`: when an auction's bids and scores come out
- `context`: the rows that rules ask about and no other view keeps
- `entries`: entries of the trail, of whose events a few columns are kept
- `seeing`: records and states as one viewer may see them now
- `alike`: which viewers are shown the same of an auction
"""

from .alike import Audience, audience_of
from .context import VISIBILITY
from .entries import entry_placed, entry_shown, part_shown
from .moments import bids_shown, own_rank_shown, rivals_shown, scores_shown, unless_own
from .seeing import (
    HIDDEN,
    Seen,
    access_shown_to,
    access_shown_within,
    bids_shown_to,
    context_of,
    hidden_fields,
    may_know,
    may_see,
    participant_shown_to,
    parts_shown,
    recommendation_shown_to,
    scores_shown_to,
    seen,
)
from .table import FIELDS, PARTS, RULES

__all__ = [
    "FIELDS",
    "HIDDEN",
    "PARTS",
    "RULES",
    "VISIBILITY",
    "Audience",
    "Seen",
    "access_shown_to",
    "access_shown_within",
    "audience_of",
    "bids_shown",
    "bids_shown_to",
    "context_of",
    "entry_placed",
    "entry_shown",
    "hidden_fields",
    "may_know",
    "may_see",
    "own_rank_shown",
    "part_shown",
    "participant_shown_to",
    "parts_shown",
    "recommendation_shown_to",
    "rivals_shown",
    "scores_shown",
    "scores_shown_to",
    "seen",
    "unless_own",
]
