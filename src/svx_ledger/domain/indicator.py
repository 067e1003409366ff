"""Indicators: figures that were observed beside the exchange, such as calls in a quarter.

*Observed*, by a force or authority from a source it names. They are shown beside leverage and
never summed into it: what happens at the same time is association, not cause.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import assert_never

from .actor import Actor
from .corrected import RecordCorrected
from .form import Code, IndicatorId, Name, OrganisationId, PersonId, Quantity, Unit
from .kind import Claim, Command, Decision, Event, States, StreamKind
from .organisation import Organisation
from .permission import unless_authority, unless_verified
from .rule import PERIOD_BACKWARDS, Rule
from .uk_calendar import uk_date

OBSERVED_ALREADY = Rule(
    "observed-already",
    "A recorder states an indicator of an area and period once.",
    "Have the figure that is there corrected.",
    "conflict",
)
OBSERVED_EARLY = Rule(
    "observed-early",
    "A figure is recorded once its period is over.",
    "Record it after the last day of the period.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorObserved(Event):
    """An authority recorded a figure for an area and a period, both days included.

    `source` says where it can be read; it names no person.
    """

    recorder_id: OrganisationId
    area: Code
    indicator: Code
    period_from: date
    period_to: date
    value: Quantity
    unit: Unit
    source: Name
    observed_by: PersonId

    def claims(self) -> tuple[Claim, ...]:
        """Take the recorder's figure of this area and period."""
        return (Claim(_key(self)),)


IndicatorEvent = IndicatorObserved | RecordCorrected


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """An observed figure as the rules see it."""

    recorder_id: str
    area: str
    indicator: str
    value: Decimal
    unit: str


def evolve(indicator: Indicator | None, event: IndicatorEvent) -> Indicator:
    """Fold one more fact into the observed figure."""
    match event:
        case IndicatorObserved():
            return Indicator(
                recorder_id=event.recorder_id,
                area=event.area,
                indicator=event.indicator,
                value=event.value,
                unit=event.unit,
            )
        case RecordCorrected(new=value):  # the one field that can be corrected
            assert indicator is not None
            return replace(indicator, value=Decimal(value))
        case _:
            assert_never(event)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserveIndicator(Command):
    """Record a figure that was observed, and where it is from."""

    indicator_id: IndicatorId
    recorder_id: OrganisationId
    area: Code
    indicator: Code
    period_from: date
    period_to: date
    value: Quantity
    unit: Unit
    source: Name

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new figure."""
        del states
        return (self.indicator_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the authority that records it."""
        del states
        return (self.recorder_id,)

    def claims(self) -> tuple[str, ...]:
        """Return the recorder's figure of this area and period, which is stated once."""
        return (_key(self),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Record an indicator.

        - The recording authority's own people record it.
        - The organisation is an authority, and verified.
        - The period does not run backwards.
        - The period is over: its last day is before today (in the United Kingdom).
        - A recorder states an indicator of an area and period once.
        """
        recorder = states.of(Organisation, self.recorder_id)
        refusal = unless_authority(actor, self.recorder_id)
        if refusal := refusal or unless_verified(recorder, "authority"):
            return refusal
        if self.period_from > self.period_to:
            return PERIOD_BACKWARDS.refuse(
                period_from=self.period_from.isoformat(), period_to=self.period_to.isoformat()
            )
        today = uk_date(now)
        if self.period_to >= today:
            return OBSERVED_EARLY.refuse(
                period_to=self.period_to.isoformat(), today=today.isoformat()
            )
        holder = states.holder(_key(self))
        if holder is not None:
            return OBSERVED_ALREADY.refuse(indicator=holder)
        observed = IndicatorObserved(
            recorder_id=self.recorder_id,
            area=self.area,
            indicator=self.indicator,
            period_from=self.period_from,
            period_to=self.period_to,
            value=self.value,
            unit=self.unit,
            source=self.source,
            observed_by=actor.id,
        )
        return [(self.indicator_id, observed)]


def _key(stated: IndicatorObserved | ObserveIndicator) -> str:
    """Return the unique claim that a recorder's figure is; codes may hold a slash, no colon."""
    period = f"{stated.period_from.isoformat()}/{stated.period_to.isoformat()}"
    return f"observed:{stated.recorder_id}/{period}/{stated.area}:{stated.indicator}"


EVENTS: tuple[type[IndicatorEvent], ...] = (IndicatorObserved, RecordCorrected)
KIND = StreamKind("indicator", Indicator, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (ObserveIndicator,)
