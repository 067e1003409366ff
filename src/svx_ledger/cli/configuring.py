"""What this program is set to, and by whom."""

from svx_ledger.settings import NAMES, redacted

from . import showing
from .session import Session


def show(session: Session) -> None:
    """Show each setting and where it comes from; a password in an address is not shown."""
    settings = session.settings
    found = {
        "ledger": redacted(settings.ledger),
        "actor": settings.actor or "",
    }
    if session.json:
        showing.line(
            {
                name: {"value": found[name] or None, "source": settings.sources[name]}
                for name in NAMES
            }
        )
    else:
        rows = [(name, found[name], settings.sources[name]) for name in NAMES]
        showing.table(("setting", "value", "from"), rows)
