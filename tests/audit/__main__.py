"""`python -m tests.audit --auctions 10000`: audit so many generated auctions, and time it."""

import argparse
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TextIO

from svx_ledger.audit import audit
from svx_ledger.eventlog.open import open_store

from .generating import auctions_in, generate


def main() -> int:
    """Generate and audit; 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="tests.audit", description=__doc__)
    parser.add_argument("--auctions", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--ledger", help="a ledger that is there already, to be read only")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        url = asked.ledger or f"sqlite:///{Path(folder) / 'generated.db'}"
        if not asked.ledger:
            began = perf_counter()
            events = generate(url, asked.auctions, seed=asked.seed)
            _say(f"generated: {events:,} events in {perf_counter() - began:.0f} s\n")
        return _audited(url, asked.processes)


def _audited(url: str, processes: int) -> int:
    store = open_store(url)
    began = perf_counter()
    found = audit(
        store,
        processes=processes,
        again=partial(open_store, url),
        progress=lambda done, of: _say(f"\r{done:,} of {of:,}", sys.stderr),
    )
    seconds = perf_counter() - began
    store.close()
    findings = len(found.findings) + found.more
    _say(
        f"\naudited: {auctions_in(found):,} auctions, {found.events:,} events, "
        f"{sum(found.commands.values()):,} commands in {seconds:.0f} s: "
        f"{found.events / seconds:,.0f} events/s; findings: {findings}; "
        f"unchecked: {dict(found.unchecked)}\n"
    )
    for finding in found.findings[:10]:
        _say(f"{finding}\n")
    return 1 if findings else 0


def _say(text: str, where: TextIO = sys.stdout) -> None:
    where.write(text)
    where.flush()


if __name__ == "__main__":
    raise SystemExit(main())
