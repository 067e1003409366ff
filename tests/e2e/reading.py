"""What a ledger holds after an auction, read beside the server."""

import json
import os
import subprocess
import sys
from contextlib import closing
from typing import Any

from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.plain import plain_of
from svx_ledger.eventlog.record import Recorded, read_record
from svx_ledger.projections.board import board, board_for
from svx_ledger.projections.memory import Views
from svx_ledger.projections.view import View

from .playing import Played


def events_of(ledger: str, stream: str) -> list[Recorded]:
    """Return the events of one thing, in order."""
    with closing(open_store(ledger)) as store:
        return [read_record(row) for row in store.stream(stream)]


def projected(done: Played) -> dict[str, Any]:
    """Return all boards as they follow from the log, without the server and its views."""
    auction = done.bought.auction
    with closing(open_store(done.ledger)) as store:
        views = Views(store)
        views.refresh()
        assert views.recorded_at is not None
        view = View(views.tables, views.position, views.recorded_at)
        boards: dict[str, Any] = {
            seen.one.supplier: board_for(
                view.rows, auction, seen.one.supplier, viewer=None, now=view.now
            )
            for seen in done.seen
        }
        boards[auction] = board(view.rows, auction, view.now)
    return {name: json.loads(json.dumps(plain_of(shown))) for name, shown in boards.items()}


def audited(ledger: str) -> tuple[int, dict[str, Any]]:
    """Run `svx-ledger audit --all`; return its exit code, and the last thing that it says."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SVX_")}
    ran = subprocess.run(
        [sys.executable, "-m", "svx_ledger", "audit", "--all", "--json"],
        env=kept | {"SVX_LEDGER": ledger},
        capture_output=True,
        check=False,
    )
    said: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return ran.returncode, said
