"""What charts are made from: plain, exact data, and a heading that says what it is.

One ledger gives many leverages, by stage, weight, denominator, date and proxies. A chart that
is cut out and passed on keeps all of these in the picture.
"""

from dataclasses import dataclass
from datetime import datetime

from .amounts import Amount, Unit
from .lettering import cleaned


class NothingToDraw(Exception):
    """There is no chart, and `str()` of this is why: nothing recorded, a divisor of zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The full name of what a chart shows; none of it can be left out.

    `title` says what is drawn, `stage` at which stage, `weight` whether gross, net or present,
    `basis` whose procurements by which rule, `denominator` what is divided by (None for
    amounts of money), `as_at` up to when facts count, `known_at` the last log position read,
    `log_size` how many records the log held. `note` is what a reader must be told beside it
    ("Association, not cause"), `source` where what is not in the log came from.
    """

    title: str
    stage: str
    weight: str
    basis: str
    denominator: str | None
    as_at: datetime
    known_at: int
    log_size: int
    proxy_sets: tuple[str, ...]
    note: str | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        """Refuse a heading that says nothing where it must say something."""
        for field in ("title", "stage", "weight", "basis"):
            if not cleaned(getattr(self, field)):
                raise ValueError(f"a chart is not drawn without its {field}")
        if self.denominator is not None and not cleaned(self.denominator):
            raise ValueError("a chart of a quotient is not drawn without its denominator")
        if self.as_at.tzinfo is None:
            raise ValueError("as_at is an instant: it needs its offset from UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageAmounts:
    """What a stage comes to in pence, before and after what would have come anyway."""

    stage: str
    gross_pence: int
    net_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """What was offered, and what of it was pledged, awarded, claimed and confirmed.

    `stages` stand in that order; between two of them the chart says what fell away.
    """

    heading: Heading
    stages: tuple[StageAmounts, ...]
    reason: str | None = None
    """Why there are no stages, where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a whole; where it has no figure, `reason` says why."""

    label: str
    value: Amount | None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ByPart:
    """Contributions, or ratios, by a dimension: a measure, an authority, a year.

    Contributions add up, so that what a chart has no room for is told as one sum. Ratios do
    not (`adds_up=False`): there it is only said between which two they lie.
    """

    heading: Heading
    dimension: str
    unit: Unit
    parts: tuple[Part, ...]
    adds_up: bool = True
    reason: str | None = None
    """Why there are no parts, where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """What a figure would be were one assumption lower or higher; None: no such figure.

    `low_label` and `high_label` say how much lower and higher: "-10 %", "r 5 %".
    """

    label: str
    low: Amount | None
    high: Amount | None
    low_label: str = "lower"
    high_label: str = "higher"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tornado:
    """How far a figure moves when one assumption is changed and all others stay."""

    heading: Heading
    unit: Unit
    central: Amount | None
    """The figure as reported."""
    swings: tuple[Swing, ...]
    reason: str | None = None
    """Why there is no figure, where there is none."""


Chart = Waterfall | ByPart | Tornado
