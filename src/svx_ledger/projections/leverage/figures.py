"""Figures: numbers that carry their full name and cannot be printed without it.

One data set gives many ratios, by stage, gross or net, denominator, date and proxies. A bare
number would let a reader take one for another.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from svx_ledger.domain.leverage import Quotient
from svx_ledger.domain.values import EXACT

Stage = Literal["offered", "pledged", "awarded", "claimed", "confirmed"]
Weight = Literal["gross", "net"]
"""Gross, or net of deadweight, displacement and attribution."""
Per = Literal["D1", "D2", "D3"]
Unit = Literal["£", "£ per £1", "%", "share"]
STAGES: Final[tuple[Stage, ...]] = ("offered", "pledged", "awarded", "claimed", "confirmed")
WEIGHTS: Final[tuple[Weight, ...]] = ("gross", "net")
DENOMINATORS: Final[dict[Per, str]] = {
    "D1": "exchange spend by public bodies (D1)",
    "D2": "exchange spend and the authorities' administration cost (D2)",
    "D3": "contract value (D3)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What every figure of one report rests on.

    `cohort` says whose procurements; `as_at` up to when facts were recorded that count;
    `known_at` the last log position that was read.
    """

    cohort: str
    as_at: datetime
    known_at: int
    proxy_sets: tuple[str, ...]

    def __str__(self) -> str:
        as_at = self.as_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        proxies = " and ".join(self.proxy_sets) or "none"
        return (
            f"cohort {self.cohort}, as at {as_at}, known at position {self.known_at}, "
            f"proxy set {proxies}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number, its full name, and the log positions of the events that it follows from.

    `amount` is in `unit`; where it does not exist it is None, and `reason` says why.
    """

    amount: Decimal | None
    unit: Unit
    name: str
    text: str
    """The whole as a sentence: amount and name."""
    positions: tuple[int, ...]
    reason: str | None = None

    def __str__(self) -> str:
        return self.text

    def __format__(self, spec: str) -> str:
        if spec:
            raise ValueError("a figure is printed with its name; its number alone is `amount`")
        return self.text


class Named(NamedTuple):
    """What a figure is of: the words between its amount and its basis, and its events."""

    what: str
    basis: Basis
    positions: tuple[int, ...]

    def money(self, pence: int) -> Figure:
        """Name an amount of money."""
        return self._figure("£", Quotient(Decimal(pence).scaleb(-2, EXACT)), self.what)

    def per_pound(self, denominator: str, quotient: Quotient) -> Figure:
        """Name pounds for each pound of a denominator."""
        what = f"{self.what} per £1 of {denominator}"
        return self._figure("£ per £1", quotient, what)

    def percent_of(self, denominator: str, quotient: Quotient) -> Figure:
        """Name a percentage of a denominator."""
        return self._figure("%", quotient, f"{denominator} as {self.what}")

    def share(self, quotient: Quotient) -> Figure:
        """Name a part of one."""
        return self._figure("share", quotient, self.what)

    def _figure(self, unit: Unit, quotient: Quotient, what: str) -> Figure:
        name = f"{what}, {self.basis}"
        if quotient.value is None:
            text = f"No figure for {name}: {quotient.reason}."
        else:
            text = f"{_shown(quotient.value, unit)} of {name}"
        return Figure(
            amount=quotient.value,
            unit=unit,
            name=name,
            text=text,
            positions=self.positions,
            reason=quotient.reason,
        )


def _shown(amount: Decimal, unit: Unit) -> str:
    match unit:
        case "£" | "£ per £1":
            return f"£{amount:,.2f}" if amount >= 0 else f"-£{-amount:,.2f}"
        case "%":
            return f"{amount:.2f} %"
        case "share":
            return f"{amount:.4f}"
