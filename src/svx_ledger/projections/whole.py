"""Whether somebody may have a record whole, byte for byte as it is stored.

A receipt holds these bytes, and whoever has them can check them. So it is for those to whom
nothing of the record is withheld, neither of the event nor of what stands around it.
"""

from svx_ledger.domain.actor import Actor
from svx_ledger.eventlog.record import Recorded

from .table import Rows
from .trail_search import cause_shown
from .visibility import may_see, parts_shown


def may_have(recorded: Recorded, rows: Rows, viewer: Actor | None = None) -> bool:
    """Whether a viewer, by default the public, may have the record as it stands.

    - The event is shown to the viewer.
    - No field of its type is withheld from the viewer, whether or not it is filled in here:
      else who is given the record could tell that it is empty.
    - The command that led to it, if one is named, is not one that the viewer may not know of.
    """
    return (
        may_see(recorded, rows, viewer)
        and parts_shown(recorded, rows, viewer)
        and cause_shown(recorded.position, rows, viewer)
    )
