"""The engine and the second computation, asked the same: answers by what they are called.

The second computation is loaded from docs/evaluation as an evaluator has it; nothing of the
package is in its answers.
"""

import sys
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NamedTuple, get_args

from svx_ledger.domain.present_value import CONVENTIONS, Convention
from svx_ledger.projections.leverage.framing import Asked
from svx_ledger.projections.leverage.parts import LeverageBy
from svx_ledger.projections.leverage.report import LeverageReport
from svx_ledger.projections.leverage.reporting import leverage_by, leverage_report
from svx_ledger.projections.leverage.scope import PORTFOLIO, Scope
from svx_ledger.projections.leverage.sums import Sum
from svx_ledger.projections.leverage.valuing import Discounting
from svx_ledger.projections.leverage.vocabulary import (
    DIMENSIONS,
    WITH_DENOMINATORS,
    Dimension,
    Per,
    Stage,
    Weight,
)
from svx_ledger.projections.table import Rows

EVALUATION: Final = Path(__file__).parents[3] / "docs" / "evaluation"
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
PERS: Final[tuple[Per, ...]] = get_args(Per)
WEIGHTS: Final[dict[str, Weight]] = {"gross": "gross", "net": "net"}
Answers = dict[tuple[str, ...], int | Decimal | None]
"""By dimension, part, stage and weight, or denominator: pence; with all of them, a ratio."""


class Case(NamedTuple):
    """What both are asked for."""

    as_at: datetime
    known_at: int
    scope: Scope = PORTFOLIO
    dimensions: tuple[Dimension, ...] = ()
    conventions: tuple[Convention, ...] = ("green_book",)


def second_computation() -> ModuleType:
    """The evaluator's module."""
    path = EVALUATION / "second_computation.py"
    spec = spec_from_file_location("second_computation", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


SECOND: Final = second_computation()


def by_engine(rows: Rows, case: Case) -> Answers:
    """What the engine answers: the report of lines, and the sums over the tables."""
    answers: Answers = {}
    for convention in case.conventions:
        asked = Asked(
            as_at=case.as_at,
            known_at=case.known_at,
            scope=case.scope,
            discounting=Discounting(convention=convention),
        )
        report = leverage_report(rows, **vars(asked))
        _whole(answers, report, convention)
        for by in case.dimensions:
            clearly = report.by(by)
            assert _sums(clearly) == _sums(leverage_by(rows, asked, by))
            _parts(answers, clearly, convention)
    return answers


def _weights(convention: Convention) -> Iterator[tuple[str, Weight]]:
    if convention == "green_book":  # the same under both
        yield from WEIGHTS.items()
    yield convention, "present"


def _whole(answers: Answers, report: LeverageReport, convention: Convention) -> None:
    for per in PERS:
        answers["whole", "all", per] = report.denominators[per].pence
    for stage in STAGES:
        for name, weight in _weights(convention):
            if pence := report.pence(stage, weight):
                answers["whole", "all", stage, name] = pence
                for per in PERS:
                    ratio = report.leverage(stage, weight, per).amount
                    answers["whole", "all", stage, name, per] = ratio
        beyond = sum(x.stages[stage].beyond_pence for x in report.lines if stage in x.stages)
        if beyond:
            answers["whole", "all", stage, "beyond"] = beyond


def _parts(answers: Answers, found: LeverageBy, convention: Convention) -> None:
    for part in found.parts:
        for per in PERS if found.own is not None else ():
            divisor = (found.own or {}).get(part, {}).get(per)
            answers[found.by, part, per] = divisor.pence if divisor else None
        for stage in STAGES:
            for name, weight in _weights(convention):
                if pence := found.pence(part, stage, weight):
                    answers[found.by, part, stage, name] = pence
                    for per in PERS:
                        ratio = found.leverage(part, stage, weight, per).amount
                        answers[found.by, part, stage, name, per] = ratio
            beyond = sum(
                proxy[stage].beyond_pence
                for proxy in found.sums.get(part, {}).values()
                if stage in proxy
            )
            if beyond:
                answers[found.by, part, stage, "beyond"] = beyond


def _sums(found: LeverageBy) -> dict[tuple[str, ...], Sum]:
    """What both ways of the engine come to, but for what is nothing."""
    return {
        (part, *proxy, stage): of
        for part, proxies in found.sums.items()
        for proxy, stages in proxies.items()
        for stage, of in stages.items()
        if any(of)
    }


def by_second(connection: Any, case: Case) -> Answers:
    """What the second computation answers."""
    cut = cut_of(connection, case)
    answers: Answers = {}
    unasked = {*CONVENTIONS} - {*case.conventions}
    whole = SECOND.denominators(connection, "whole", cut).get("all", {})
    for dimension in ("whole", *case.dimensions):
        if dimension == "year" and cut.basis == "period":
            found, own = _years(connection, cut, case)
        else:
            found = SECOND.leverage(connection, dimension, cut)
            own = SECOND.denominators(connection, dimension, cut)
        has_own = dimension in ("whole", *WITH_DENOMINATORS)
        for part in {*found, *own, *(("all",) if dimension == "whole" else ())}:
            divisors = own.get(part, {}) if has_own else whole
            if has_own:
                answers |= {(dimension, part, per): divisors.get(per) for per in PERS}
            for (stage, weight), pence in found.get(part, {}).items():
                if not pence or weight in unasked:
                    continue
                answers[dimension, part, stage, weight] = pence
                for per in PERS if weight != "beyond" else ():
                    ratio = SECOND.ratio(pence, per, divisors.get(per))
                    answers[dimension, part, stage, weight, per] = ratio
    return answers


def cut_of(connection: Any, case: Case) -> Any:
    """The cut as positions: the last that was recorded by then, and known."""
    scope = case.scope
    by_then = case.as_at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    ((until,),) = connection.execute(
        "SELECT coalesce(max(position), 0) FROM log WHERE recorded_at <= ? AND position <= ?",
        [by_then, case.known_at],
    ).fetchall()
    return SECOND.Cut(
        until,
        case.known_at,
        scope.procurement_id,
        scope.authority_id,
        scope.first_day and scope.first_day.isoformat(),
        scope.last_day and scope.last_day.isoformat(),
        scope.basis,
    )


def _years(connection: Any, cut: Any, case: Case) -> tuple[dict[str, Any], dict[str, Any]]:
    """Facts by their own years: each asked for itself."""
    found, own = {}, {}
    for begins in range(2020, 2035):
        first = max(date(begins, 4, 1), case.scope.first_day or date.min)
        last = min(date(begins + 1, 3, 31), case.scope.last_day or date.max)
        if first > last:
            continue
        of_year = cut._replace(first_day=first.isoformat(), last_day=last.isoformat())
        name = f"{begins}/{(begins + 1) % 100:02d}"
        moved = SECOND.leverage(connection, "whole", of_year).get("all", {})
        divisors = SECOND.denominators(connection, "whole", of_year).get("all")
        if any(moved.values()):
            found[name] = moved
        if divisors:
            own[name] = divisors
    return found, own


def different(engine: Answers, second: Answers) -> list[str]:
    """What one of them says and the other does not."""
    return [
        f"{' '.join(key)}: engine {engine.get(key)}, second {second.get(key)}"
        for key in sorted({*engine, *second})
        if engine.get(key) != second.get(key)
    ]


__all__ = ["DIMENSIONS", "SECOND", "Case", "by_engine", "by_second", "cut_of", "different"]
