"""Whether the database that is verified is of the log that it is held to at all.

Who forgets `--ledger` would hold another ledger to the log, and accuse whoever keeps it.
"""

from contextlib import closing

from svx_ledger.proofs.notes.checkpoint import Checkpoint
from svx_ledger.settings import redacted


def doubt_of(url: str, head: Checkpoint) -> str | None:
    """Return why the ledger at an address may not be the one that is meant, if it may not.

    None also where it does not say whose it is: the check of its rows tells. Raises StoreError.
    """
    from svx_ledger.eventlog.open import open_store
    from svx_ledger.eventlog.record import Unreadable
    from svx_ledger.publishing.own_stream import OwnStream

    with closing(open_store(url)) as store:
        own = OwnStream(store)
        try:
            own.refresh()
        except Unreadable:
            return None
    now = own.now
    if now is None:
        return None
    epoch = own.epoch_of(head.origin)
    if epoch is None:
        return (
            f"this database, {redacted(url)}, says that it is the ledger {now.origin}; "
            f"the log is {head.origin}: is this the one you mean (--ledger)?"
        )
    if epoch < now.epoch:
        return (
            f"this log ended with epoch {epoch}; "
            f"the ledger is in epoch {now.epoch} since position {own.since}"
        )
    if epoch > now.epoch:
        return (
            f"this log is of epoch {epoch}, and this database, {redacted(url)}, knows only "
            f"epoch {now.epoch}: it may be an older copy (--ledger)"
        )
    return None
