"""What several looks at one auction board all show."""

from dataclasses import fields, replace
from functools import reduce
from typing import Any

from svx_ledger.projections.board import Board


def both(*boards: Board) -> Board:
    """Return what boards drawn from the same rows, each for one look, all show."""
    return reduce(_both, boards)


def _both(first: Board, second: Board) -> Board:
    less: dict[str, Any] = {
        field.name: None
        for field in fields(Board)
        if getattr(first, field.name) != getattr(second, field.name)
    }
    if first.participants is not None and second.participants is not None:
        known = {p.supplier_id: p for p in second.participants}
        less["participants"] = tuple(
            p if known[p.supplier_id] == p else replace(p, has_bid=None)
            for p in first.participants
            if p.supplier_id in known
        )
    return replace(first, **less)
