"""The frozen rules of an auction, to be read: every term that was agreed on, and the needs."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from svx_ledger.domain.auction.events import AuctionDrafted, AuctionRulesFrozen
from svx_ledger.domain.values import pounds
from svx_ledger.eventlog.record import Recorded

from .wording import moment_text

NOTE = "Read from the records named; those count. What is not here was not agreed on."


def rules_text(auction: str, recorded: Iterable[Recorded]) -> str:
    """Write the terms of an auction, and once they are frozen its needs, a line each."""
    lines = [f"The rules of {auction}", NOTE]
    for one in recorded:
        if one.stream != auction:
            continue
        if isinstance(one.event, AuctionDrafted):
            lines += ["", f"Terms, as drafted (position {one.position}):"]
            lines += _terms(one.event.terms)
        elif isinstance(one.event, AuctionRulesFrozen):
            lines += ["", f"Frozen for good at {moment_text(one)} (position {one.position}),"]
            lines += [f"digest of terms and needs {one.event.rules_sha256}.", "", "Needs:"]
            lines += [line for need in one.event.needs for line in ("", *_terms(need))]
    return "\n".join(lines) + "\n"


def _terms(of: Any, under: str = "") -> Iterator[str]:
    for each in fields(of):
        value, name = getattr(of, each.name), under + _words(each.name)
        if value is None:
            continue
        if is_dataclass(value):
            yield from _terms(value, f"{name}: ")
        elif isinstance(value, tuple):
            for number, part in enumerate(value, start=1):
                yield from _terms(part, f"{name} {number}: ")
        else:
            yield f"  {name}: {_text(each.name, value)}"


def _words(name: str) -> str:
    """A field's name in words; that it is in pence does not matter where pounds are written."""
    return name.removesuffix("_pence").replace("pence", "amount").replace("_", " ")


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and (name == "pence" or name.endswith("_pence")):
        return pounds(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}Z"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
