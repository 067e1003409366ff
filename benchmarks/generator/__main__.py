"""`python -m benchmarks.generator`: write a history of so many events onto an empty ledger."""

import argparse
import sys
from contextlib import closing
from time import perf_counter

from svx_ledger.eventlog.open import open_store

from .press import Direct, Press, ThroughLedger
from .stories import History

_EVERY_SECONDS = 2.0


def main() -> None:
    """Generate, with a word about progress every two seconds."""
    parser = argparse.ArgumentParser(prog="benchmarks.generator", description=__doc__)
    parser.add_argument("--events", type=int, required=True, help="at least so many")
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same history")
    parser.add_argument("--ledger", required=True, help="sqlite:///FILE or postgresql://…")
    parser.add_argument(
        "--path",
        choices=["direct", "ledger"],
        default="direct",
        help="many commands to a commit, or each through the whole write path",
    )
    asked = parser.parse_args()
    with closing(open_store(asked.ledger)) as store:
        store.create()
        press: Press = (
            Direct(store, asked.seed)
            if asked.path == "direct"
            else ThroughLedger(store, asked.seed)
        )
        history = History(asked.events, asked.seed)
        began = said = perf_counter()
        for written in history.play(press.give, press.forget):
            if perf_counter() - said > _EVERY_SECONDS:
                said = perf_counter()
                rate = written / (said - began)
                print(f"{written:,} events, {rate:,.0f}/s", file=sys.stderr, flush=True)
        press.close()
        seconds = perf_counter() - began
    rate = history.written / seconds
    print(
        f"{history.written:,} events of {history.commands:,} commands in {seconds:.1f} s: "
        f"{rate:,.0f} events/s"
    )
    print(f"ended: {dict(history.ended.most_common())}", file=sys.stderr)
    print(f"refused: {dict(history.refused.most_common(12))}", file=sys.stderr)


if __name__ == "__main__":
    main()
