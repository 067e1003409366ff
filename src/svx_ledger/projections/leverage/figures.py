"""Figures: numbers that carry their full name and cannot be printed without it.

One data set gives many ratios, by stage, gross or net, denominator, date and proxies. A bare
number would let a reader take one for another.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from svx_ledger.domain import leverage
from svx_ledger.domain.leverage import Quotient
from svx_ledger.domain.values import EXACT

from .vocabulary import Per, Stage, Weight

Unit = Literal["£", "£ per £1", "%", "share"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What every figure of one report rests on.

    `scope` says whose procurements, and by which dates; `as_at` up to when facts were
    recorded that count; `known_at` the last log position that was read. `proxy_sets` are those
    that were frozen; `restated` says by what values were restated, where they were.
    `discounting` is the convention and the rates, which present values have in their names.
    """

    scope: str
    as_at: datetime
    known_at: int
    proxy_sets: tuple[str, ...]
    discounting: str
    restated: str | None = None

    def __str__(self) -> str:
        as_at = self.as_at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
        proxies = " and ".join(self.proxy_sets) or "none"
        restated = f", restated: {self.restated}" if self.restated else ""
        return (
            f"{self.scope}, as at {as_at}, known at position {self.known_at}, "
            f"proxy set {proxies}{restated}"
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


class Divisor(Protocol):
    """What an amount is divided by: its name, and what it comes to where that is known."""

    @property
    def per(self) -> Per:
        """Which denominator it is."""

    @property
    def name(self) -> str:
        """What it is made of."""

    @property
    def pence(self) -> int | None:
        """What it comes to, net of VAT."""

    @property
    def positions(self) -> tuple[int, ...]:
        """The events that it is the sum of."""


def quotient(pence: int, divisor: Divisor) -> Quotient:
    """Return pounds for each pound of a denominator, or of D3 the percentage."""
    if divisor.per == "D3":
        return leverage.percentage(pence, divisor.pence)
    return leverage.ratio(pence, divisor.pence)


class Named(NamedTuple):
    """What a figure is of: the words between its amount and its basis, and its events."""

    what: str
    basis: Basis
    positions: tuple[int, ...]

    def money(self, pence: int) -> Figure:
        """Name an amount of money."""
        return self._figure("£", Quotient(Decimal(pence).scaleb(-2, EXACT)), self.what)

    def over(self, denominator: "Divisor", pence: int) -> Figure:
        """Name an amount as a ratio: pounds for each pound, or a percentage of D3."""
        behind = tuple(sorted({*self.positions, *denominator.positions}))
        named = self._replace(positions=behind)
        value = quotient(pence, denominator)
        if denominator.per == "D3":
            return named.percent_of(denominator.name, value)
        return named.per_pound(denominator.name, value)

    def percent_of(self, denominator: str, quotient: Quotient) -> Figure:
        """Name a percentage of a denominator."""
        return self._figure("%", quotient, f"{denominator} as {self.what}")

    def per_pound(self, denominator: str, quotient: Quotient) -> Figure:
        """Name pounds for each pound of a denominator."""
        what = f"{self.what} per £1 of {denominator}"
        return self._figure("£ per £1", quotient, what)

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


def social_value(stage: Stage, weight: Weight, basis: Basis) -> str:
    """Name the social value of a stage: gross, net, or net at its present value."""
    said = "awarded (at reference spend)" if stage == "reference" else stage
    if weight == "present":
        return f"{said} net social value at present value ({basis.discounting})"
    return f"{said} {weight} social value"


def _shown(amount: Decimal, unit: Unit) -> str:
    match unit:
        case "£" | "£ per £1":
            return f"£{amount:,.2f}" if amount >= 0 else f"-£{-amount:,.2f}"
        case "%":
            return f"{amount:.2f} %"
        case "share":
            return f"{amount:.4f}"
