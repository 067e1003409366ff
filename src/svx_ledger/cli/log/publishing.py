"""`publish`: the log outside the ledger, signed, for everybody to check."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from svx_ledger.cli import showing
from svx_ledger.cli.failing import tell_plainly
from svx_ledger.cli.output import say
from svx_ledger.cli.progress import reached
from svx_ledger.cli.session import Session

if TYPE_CHECKING:
    from svx_ledger.publishing.publisher import Publisher
    from svx_ledger.publishing.releasing import Released

To = Annotated[
    Path,
    typer.Option(
        "--to", metavar="DIR", help="Where the log goes; any web server can serve it."
    ),
]
Once = Annotated[bool, typer.Option("--once", help="Publish what there is now, and end.")]

PATIENCE_SECONDS: Final = 10.0
"""For another publisher that is just at it."""


def publish(session: Session, to: To, *, once: Once = False) -> None:
    """Sign the log and publish it as tiles, entries and a checkpoint (C2SP tlog-tiles).

    It goes on until it is interrupted, unless --once is given, and writes nothing to the
    ledger. Settings name the keys (SVX_LOG_KEY), the witnesses (SVX_POLICY) and the mark
    (SVX_MARK), see docs/publishing.md.
    """
    import logging

    logging.basicConfig(stream=sys.stderr, format="%(message)s")
    with _publisher(session, to) as (publisher, head):
        if once:
            _once(session, publisher, head)
        else:
            _on_and_on(session, publisher)


def _once(session: Session, publisher: "Publisher", head: int) -> None:
    from svx_ledger.publishing.state.database import NotPublished

    began = monotonic()
    while True:
        for _ in reached(publisher.once(), head, "integrating"):
            pass
        released = publisher.report.released
        if released is not None and released.checkpoint.size >= head:
            _show(session, released)
            return
        if monotonic() - began > PATIENCE_SECONDS:
            raise NotPublished("another publisher of this ledger is at it and does not finish")
        sleep(0.1)


def _on_and_on(session: Session, publisher: "Publisher") -> None:
    from svx_ledger.eventlog.store import Forked

    with suppress(KeyboardInterrupt):
        signal.signal(signal.SIGTERM, _interrupt)
        publisher.start()
        tell_plainly(session, "publishing the log; interrupt to end")
        publisher.wait()
    publisher.stop()
    report = publisher.report
    if report.forked:
        raise Forked(report.fault or "")


@contextmanager
def _publisher(session: Session, to: Path) -> Iterator[tuple["Publisher", int]]:
    """Yield a publisher as the settings have it, and where the log ends now."""
    from svx_ledger.publishing.composing import open_publisher

    settings = session.settings
    with (
        session.store() as store,
        open_publisher(
            store,
            settings.ledger,
            directory=to,
            keys=settings.log_key,
            mark=settings.mark,
            policy=settings.policy,
            published=lambda released: _show(session, released),
        ) as publisher,
    ):
        yield publisher, store.head().position


def _show(session: Session, released: "Released") -> None:
    from svx_ledger.proofs.notes.checkpoint import parse_checkpoint
    from svx_ledger.proofs.notes.cosignature import stated_time
    from svx_ledger.proofs.notes.note import base64_text, parse_note

    note = parse_note(released.note)
    checkpoint = parse_checkpoint(note.text)
    root = base64_text(checkpoint.root)
    times = {f"{line.name}+{line.key_id.hex()}": stated_time(line) for line in note.signatures}
    signed_by = [key for key, time in times.items() if time is None]
    cosigned = {key: time for key, time in times.items() if time is not None}
    if session.json:
        showing.line(
            {
                "origin": checkpoint.origin,
                "size": checkpoint.size,
                "root": root,
                "signed_by": signed_by,
                "cosigned": cosigned,
            }
        )
    else:
        by_witnesses = f", cosigned by {', '.join(cosigned)}" if cosigned else ""
        say(
            f"{checkpoint.origin}: {checkpoint.size} records, root {root}, "
            f"signed by {', '.join(signed_by)}{by_witnesses}"
        )


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt
