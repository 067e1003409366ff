"""Charts to draw, of the worked example and of what people may write; all fictional."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from svx_ledger.exports.charts import (
    Amount,
    ByPart,
    Chart,
    Heading,
    Part,
    StageAmounts,
    Swing,
    Tornado,
    Waterfall,
)

D1 = "exchange spend by public bodies (D1)"


def heading(**changed: Any) -> Heading:
    named: dict[str, Any] = {
        "title": f"Contributions to confirmed gross social value per £1 of {D1}",
        "stage": "confirmed",
        "weight": "gross",
        "basis": "cohort portfolio",
        "denominator": D1,
        "as_at": datetime(2026, 1, 31, 12, tzinfo=UTC),
        "known_at": 811,
        "log_size": 812,
        "proxy_sets": ("Fictional proxies 2026 (proxy-set-1)",),
    }
    return Heading(**(named | changed))


def stage(name: str, gross_pence: int, net_pence: int) -> StageAmounts:
    return StageAmounts(stage=name, gross_pence=gross_pence, net_pence=net_pence)


def by_part(
    parts: Mapping[str, Amount | None],
    *,
    adds_up: bool = True,
    reasons: dict[str, str] | None = None,
    **changed: Any,
) -> ByPart:
    return ByPart(
        heading=heading(**changed),
        dimension="measure",
        unit="£ per £1",
        adds_up=adds_up,
        parts=tuple(
            Part(label=label, value=value, reason=(reasons or {}).get(label))
            for label, value in parts.items()
        ),
    )


def tornado(*swings: Swing, central: Amount | None = Decimal("222.00")) -> Tornado:
    return Tornado(heading=heading(), unit="£ per £1", central=central, swings=swings)


def swing(label: str, low: str | None, high: str | None) -> Swing:
    return Swing(
        label=label,
        low=None if low is None else Decimal(low),
        high=None if high is None else Decimal(high),
        low_label="-10 %",
        high_label="+10 %",
    )


WATERFALL = Waterfall(
    heading=heading(
        title="Gross and net social value by stage",
        stage="offered to confirmed",
        weight="gross and net",
        denominator=None,
        note="Association, not cause.",
        source="Worked example; all names are fictional.",
    ),
    stages=(
        stage("offered", 915_780_000, 700_000_000),
        stage("pledged", 495_780_000, 420_000_000),
        stage("awarded", 435_650_000, 371_000_000),
        stage("claimed", 432_264_000, 371_000_000),
        stage("confirmed", 399_600_000, 341_921_400),
    ),
)
BY_PART = by_part(
    {
        "laptops": Fraction(300_000, 18_000),
        "cash": Decimal("112.51"),
        "volunteer hours": Fraction(76_185_000, 1_800_000),
        "taken back": Decimal("-12.345"),
        "expert hours": Decimal("50.5"),
        "no spend": None,
    },
    reasons={"no spend": "what to divide by is zero"},
)
TORNADO = tornado(
    swing("cash", "222", "222"),
    swing("volunteer hours", "217.77", "226.23"),
    swing("deadweight", "242.10", "189.96"),
    swing("unverified", "211.50", None),
    swing("denominator", "166.50", "190"),
)
HOSTILE = (
    "</svg><script>alert(1)</script>",
    "]]>&amp;<!--",
    "مجتمع محلي",
    "\u202egnp.exe",
    "x" * 300,
    "W" * 300,
    "line\nbreak\r\ttab\x00nul",
    "=cmd|' /C calc'!A0",
    "datum.row {{1+1}} ${7*7} signal('x')",
    "\ud800 alone \ufffe",
    '" onload="alert(1)',
    "http://example.invalid/x.svg#y",
    " ",
    "",
)
EXAMPLES: dict[str, Chart] = {
    "waterfall": WATERFALL,
    "by-part": BY_PART,
    "tornado": TORNADO,
    "hostile": by_part(
        {label: Decimal(number) for number, label in enumerate(HOSTILE)},
        title="</title><script>x</script>",
        note='<a href="javascript:x">',
    ),
}
