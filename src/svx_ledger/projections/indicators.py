"""Indicators: figures observed beside the exchange, shown beside leverage and never in it."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.indicator import IndicatorObserved
from svx_ledger.eventlog.record import Envelope

from .projection import Projection
from .table import Changes, Table


class IndicatorRow(NamedTuple):
    """One figure of an area and a period, both days included, as its recorder stated it."""

    indicator_id: str
    recorder_id: str
    area: str
    indicator: str
    period_from: date
    period_to: date
    value: Decimal
    unit: str
    source: str
    position: int


INDICATOR = Table("indicators", IndicatorRow)
INDICATORS = Projection("indicators", INDICATOR)
project = INDICATORS.project


@INDICATORS.on(IndicatorObserved)
def _observed(at: Envelope, event: IndicatorObserved) -> Changes:
    figure = IndicatorRow(
        indicator_id=at.stream,
        recorder_id=event.recorder_id,
        area=event.area,
        indicator=event.indicator,
        period_from=event.period_from,
        period_to=event.period_to,
        value=event.value,
        unit=event.unit,
        source=event.source,
        position=at.position,
    )
    yield INDICATOR.put(figure)


@INDICATORS.on(RecordCorrected)
def _corrected(at: Envelope, event: RecordCorrected) -> Changes:
    if at.stream.startswith("indicator-"):
        yield INDICATOR.patch(at.stream, value=Decimal(event.new))
