"""What this program is set to, and by whom."""

import os
from pathlib import Path

from svx_ledger.settings import (
    FILE,
    NAMES,
    SERVE_NAMES,
    read_serve_settings,
    redacted,
    unknown_variables,
)

from . import showing
from .failing import tell_plainly
from .session import Session


def show(session: Session) -> None:
    """Show each setting and where it comes from; a password in an address is not shown.

    Variables that are named like settings and are none are told on standard error.
    """
    settings = session.settings
    serve = read_serve_settings({}, os.environ, Path(FILE))
    found = {
        "ledger": redacted(settings.ledger),
        "actor": settings.actor or "",
        "log_key": settings.log_key or "",
        "mark": settings.mark or "",
        "policy": settings.policy or "",
    } | {f"serve.{name}": getattr(serve, name) for name in SERVE_NAMES}
    sources = {name: settings.sources[name] for name in NAMES}
    sources |= {f"serve.{name}": serve.sources[name] for name in SERVE_NAMES}
    if session.json:
        showing.line(
            {
                name: {"value": None if value == "" else value, "source": sources[name]}
                for name, value in found.items()
            }
        )
    else:
        rows = [(name, str(value), sources[name]) for name, value in found.items()]
        showing.table(("setting", "value", "from"), rows)
    if unknown := unknown_variables(os.environ):
        tell_plainly(
            session, f"no setting has this name, and it is ignored: {', '.join(unknown)}"
        )
