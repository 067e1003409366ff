"""The tables of a report add up to its figures, and other programs take them as they are."""

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from svx_ledger import tables_of
from svx_ledger.domain.leverage import net_pence, rounded
from svx_ledger.domain.values import value_pence
from svx_ledger.exports.tables import Columns, LeverageTables
from svx_ledger.projections.leverage.report import LeverageReport
from svx_ledger.projections.leverage.sensitivity import sensitivity
from svx_ledger.projections.leverage.vocabulary import DIMENSIONS, EVERY_STAGE, Dimension, Which

if TYPE_CHECKING:
    from .conftest import Asking

COLUMN_OF: dict[Dimension, str] = {
    "authority": "authority_id",
    "force": "police_force",
    "authority-force": "authority_force",
    "local-authority": "local_authority",
    "supplier": "supplier_id",
    "community": "community_id",
    "measure": "measure",
    "theme": "theme",
    "year": "financial_year",
    "procurement": "procurement_id",
}


@pytest.fixture(scope="session")
def tables(report: LeverageReport) -> LeverageTables:
    return tables_of(report)


def every(tables: LeverageTables) -> list[Columns]:
    return [
        *(tables.lines, tables.figures, tables.denominators, tables.spend),
        *(tables.proxies, tables.remarks, tables.by("measure"), tables.sensitivity()),
    ]


def records(table: Columns) -> list[dict[str, Any]]:
    """The rows, each by its columns."""
    rows = zip(*table.columns.values(), strict=True)
    return [dict(zip(table.columns, row, strict=True)) for row in rows]


def test_every_table_has_something_and_says_what_it_rests_on(
    tables: LeverageTables, report: LeverageReport
) -> None:
    for table in every(tables):
        assert len(table) > 0
        assert table.basis == str(report.basis)
        assert {len(column) for column in table.columns.values()} == {len(table)}
        assert list(table.columns) == list(table.types)


def test_the_lines_add_up_to_every_stage(
    tables: LeverageTables, report: LeverageReport, ask: "Asking"
) -> None:
    summed = ask(
        tables.lines, "SELECT stage, sum(gross_pence), sum(net_pence) FROM t GROUP BY stage"
    )

    assert {stage: (gross, net) for stage, gross, net in summed} == {
        stage: (report.pence(stage), report.pence(stage, "net"))
        for stage in EVERY_STAGE
        if any(stage in line.stages for line in report.lines)
    }


def test_each_line_is_its_quantity_by_its_price(tables: LeverageTables) -> None:
    for row in records(tables.lines):
        gross = value_pence(row["counted"], row["pounds_per_unit"])

        assert row["gross_pence"] == gross
        assert row["net_pence"] == net_pence(gross, row["k"])
        assert (
            row["beyond_pence"] == value_pence(row["quantity"], row["pounds_per_unit"]) - gross
        )


@pytest.mark.parametrize("of", ["report", "of_period"])
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_the_lines_say_to_which_part_they_belong(
    request: pytest.FixtureRequest, ask: "Asking", dimension: Dimension, of: str
) -> None:
    report: LeverageReport = request.getfixturevalue(of)
    column = COLUMN_OF[dimension]
    apart = report.by(dimension)
    summed = ask(
        tables_of(report).lines,
        f"SELECT {column}, sum(net_pence) FROM t WHERE stage = 'confirmed' GROUP BY ALL",
    )

    assert {part: pence for part, pence in summed if pence} == {
        part: apart.pence(part, "confirmed", "net")
        for part in apart.parts
        if apart.pence(part, "confirmed", "net")
    }


def test_the_headline_from_lines_and_spend(
    tables: LeverageTables, report: LeverageReport, ask: "Asking"
) -> None:
    ((confirmed,),) = ask(
        tables.lines, "SELECT sum(gross_pence) FROM t WHERE stage = 'confirmed'"
    )
    ((spent,),) = ask(tables.spend, "SELECT sum(amount_pence) FROM t WHERE kind = 'exchange'")

    assert rounded(Fraction(int(confirmed), int(spent)), 2) == report.headline.amount


def test_every_figure_is_there_with_its_name(
    tables: LeverageTables, report: LeverageReport
) -> None:
    rows = records(tables.figures)
    figures = list(report.figures())

    assert [
        (row["amount"], row["unit"], row["name"], row["reason"], tuple(row["positions"]))
        for row in rows
    ] == [(one.amount, one.unit, one.name, one.reason, one.positions) for one in figures]
    of_stages = [row for row in rows if row["figure"] is not None]
    assert rows[: len(of_stages)] == of_stages
    for row in of_stages:
        of = Which(row["stage"], row["weight"], row["per"])
        figure = report.leverage(*of) if of.per else report.total(of.stage, of.weight)  # type: ignore[arg-type]
        assert (row["figure"], row["name"]) == (str(of), figure.name)
    assert len(of_stages) == len(EVERY_STAGE) * 3 * 5
    assert rows[len(of_stages)]["name"] == report.conversion.name


def test_every_figure_of_every_part(tables: LeverageTables, report: LeverageReport) -> None:
    for dimension in ("supplier", "authority"):
        rows = records(tables.by(dimension))
        figures = list(report.by(dimension).figures())

        assert [(row["amount"], row["name"]) for row in rows] == [
            (one.amount, one.name) for one in figures
        ]
        assert {row["dimension"] for row in rows} == {dimension}
        for row in rows:
            of, part = Which(row["stage"], row["weight"], row["per"]), row["part"]
            assert row["figure"] == str(of)
            assert f" {dimension} {part}" in row["name"]


def test_the_denominators(tables: LeverageTables, report: LeverageReport) -> None:
    assert {
        row["per"]: (row["name"], row["pence"], tuple(row["positions"]))
        for row in records(tables.denominators)
    } == {per: (of.name, of.pence, of.positions) for per, of in report.denominators.items()}


def test_spend_is_what_the_denominators_are_sums_of(
    tables: LeverageTables, report: LeverageReport
) -> None:
    rows = records(tables.spend)
    exchange = [row for row in rows if row["kind"] == "exchange"]

    assert sum(row["amount_pence"] for row in exchange) == report.denominators["D1"].pence
    behind = {position for row in exchange for position in row["positions"]}
    assert behind == {*report.denominators["D1"].positions}
    assert any(len(row["positions"]) > 1 for row in exchange)  # it was corrected


def test_each_proxy_once(tables: LeverageTables, report: LeverageReport) -> None:
    rows = records(tables.proxies)

    assert [(row["proxy_set_id"], row["measure"]) for row in rows] == sorted(
        {(line.price.proxy_set_id, line.measure) for line in report.lines}
    )
    for row in rows:
        left = Fraction(1)
        for share in ("deadweight", "displacement", "attribution"):
            left *= 1 - Fraction(row[share])
        assert Fraction(row["k"]) == left


def test_remarks_are_exclusions_and_flags(
    tables: LeverageTables, report: LeverageReport
) -> None:
    told = [(row["kind"], row["subject"], row["says"]) for row in records(tables.remarks)]

    assert told == [
        *(("exclusion", one.subject, one.says) for one in report.exclusions),
        *(("flag", one.subject, one.says) for one in report.flags),
    ]


def test_sensitivity_of_any_figure(tables: LeverageTables, report: LeverageReport) -> None:
    wide = records(tables.sensitivity("pledged.net.D2", Decimal("0.2")))
    swings = sensitivity(report, Which("pledged", "net", "D2"), Decimal("0.2"))

    assert [(row["figure"], row["what"], row["low"], row["high"]) for row in wide] == [
        ("pledged.net.D2", one.what, one.low.amount, one.high.amount) for one in swings
    ]
    assert tables.sensitivity().columns["figure"][0] == "confirmed.gross.D1"


def test_what_there_is_no_table_of(tables: LeverageTables) -> None:
    with pytest.raises(ValueError, match=r"'postcode' is no dimension: say one of authority"):
        tables.by("postcode")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"'headline' is no figure: .* confirmed\.gross\.D1"):
        tables.sensitivity("headline")


def test_duckdb_takes_every_table(tables: LeverageTables, ask: "Asking") -> None:
    for table in every(tables):
        assert ask(table, "SELECT count(*) FROM t") == [(len(table),)]


def test_pandas_takes_every_table(tables: LeverageTables) -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is in no group of this project")
    pytest.importorskip("pyarrow", reason="pandas takes Arrow data with pyarrow")

    for table in every(tables):
        assert (
            list(pandas.DataFrame.from_arrow(table)["positions"].map(list))
            == [*table.columns["positions"]]
            if "positions" in table.columns
            else True
        )
        assert len(pandas.DataFrame(dict(table.columns))) == len(table)


def test_polars_takes_every_table(tables: LeverageTables) -> None:
    polars = pytest.importorskip("polars", reason="polars is in no group of this project")

    for table in every(tables):
        assert polars.DataFrame(table).rows() == [*zip(*table.columns.values(), strict=True)]
        assert len(polars.DataFrame(dict(table.columns))) == len(table)


def test_pyarrow_takes_every_table(tables: LeverageTables) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is in no group of this project")

    for table in every(tables):
        taken = pyarrow.table(table)
        taken.validate(full=True)
        assert taken.to_pydict() == dict(table.columns)
        assert [str(of) for of in taken.schema.types] == [
            {"utf8": "string", "list<int64>": "list<item: int64>"}.get(of, of)
            for of in table.types.values()
        ]
