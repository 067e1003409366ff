"""Pricing: whether a proxy set can value a quantity of a measure, outside an auction."""

from decimal import Decimal

from .bounds import unless_statable, unless_whole
from .listing import MEASURE_NOT_PRICED, UNIT_NOT_PRICED
from .proxies import ProxySet
from .rule import WRONG_STATE, Refusal
from .values import value_pence


def unless_priced(
    proxy_set: ProxySet, measure: str, unit: str, quantity: Decimal, **facts: int | str
) -> Refusal | None:
    """Refuse what the proxy set cannot value; `facts` say of what.

    - The proxy set is adopted, and not superseded.
    - It values the measure.
    - It does so in this unit.
    - The quantity is whole where the measure is indivisible.
    - A record can state what it is worth.
    """
    if proxy_set.phase != "adopted":
        return WRONG_STATE.refuse(state=proxy_set.phase, expected="adopted")
    proxy = proxy_set.proxies.get(measure)
    if proxy is None:
        return MEASURE_NOT_PRICED.refuse(measure=measure)
    if proxy.unit != unit:
        return UNIT_NOT_PRICED.refuse(stated=unit, valued=proxy.unit)
    if refusal := unless_whole(quantity, divisible=proxy.divisible, **facts):
        return refusal
    return unless_statable(value_pence(quantity, proxy.pounds_per_unit))
