"""Proxy sets: what a unit of each measure is worth, by which adopted table."""

from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.proxies import ProxyAdded, ProxySetAdopted, ProxySetSuperseded
from svx_ledger.eventlog.record import Envelope

from .projection import Projection
from .table import Changes, Table


class ProxySetRow(NamedTuple):
    """An adopted table of proxies, and the one that took its place."""

    proxy_set_id: str
    name: str
    sha256: str
    superseded_by: str | None = None


class ProxyRow(NamedTuple):
    """What one unit of a measure is worth in pounds, and the shares that make it net.

    It is worth that in the first of so many `years`, and each year `drop_off` of it is lost.
    """

    proxy_set_id: str
    measure: str
    unit: str
    pounds_per_unit: Decimal
    deadweight: Decimal
    displacement: Decimal
    attribution: Decimal
    price_year: int
    source: str
    position: int
    drop_off: Decimal
    years: int
    edition: str
    licence: str


PROXY_SET = Table("proxy_sets", ProxySetRow)
PROXY = Table("proxies", ProxyRow, key=2)
PROXY_SETS = Projection("proxy_sets", PROXY_SET, PROXY)
project = PROXY_SETS.project


@PROXY_SETS.on(ProxyAdded)
def _proxy(at: Envelope, event: ProxyAdded) -> Changes:
    proxy = event.proxy
    row = ProxyRow(
        proxy_set_id=at.stream,
        measure=proxy.measure,
        unit=proxy.unit,
        pounds_per_unit=proxy.pounds_per_unit,
        deadweight=proxy.deadweight,
        displacement=proxy.displacement,
        attribution=proxy.attribution,
        price_year=proxy.price_year,
        source=proxy.source,
        position=at.position,
        drop_off=proxy.drop_off,
        years=proxy.years,
        edition=proxy.edition,
        licence=proxy.licence,
    )
    yield PROXY.put(row)


@PROXY_SETS.on(ProxySetAdopted)
def _adopted(at: Envelope, event: ProxySetAdopted) -> Changes:
    yield PROXY_SET.put(ProxySetRow(at.stream, event.name, event.sha256))


@PROXY_SETS.on(ProxySetSuperseded)
def _superseded(at: Envelope, event: ProxySetSuperseded) -> Changes:
    yield PROXY_SET.patch(at.stream, superseded_by=event.superseded_by)
