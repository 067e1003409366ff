"""Salts of private texts: random, but for a repeat, which is one only with the same salt."""

from typing import Any

from svx_ledger.cli.session import Session
from svx_ledger.domain.kind import Command
from svx_ledger.eventlog.private_fields import private_fields
from svx_ledger.eventlog.record import read_event


def keep_salts(
    session: Session,
    cls: type[Command],
    data: dict[str, Any],
    *,
    command_id: str | None,
    on_behalf_of: str | None,
) -> None:
    """Put the salts that are kept of an earlier command of this id in place of fresh ones."""
    given = [name for name in private_fields(cls) if name in data]
    if command_id is None or not given:
        return
    principal = session.actor(on_behalf_of).principal
    with session.store() as store:
        outcome = store.outcome(principal, command_id)
        if outcome is None or outcome.first_position is None:
            return
        [first] = store.rows(after=outcome.first_position - 1, limit=1)
        event = read_event(first)
        for name in given:
            recorded = getattr(event, name, None)
            row = store.private(recorded.commitment) if recorded else None
            if row is not None:
                data[name]["salt"] = row.salt.hex()
