"""Importing tables of proxies: all of a table or nothing, and a place for every wrong cell."""

from decimal import Decimal

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.organisation import Identifier, RegisterOrganisation, VerifyOrganisation
from svx_ledger.domain.proxies import ProxySet
from svx_ledger.intake.proxies import import_proxies
from svx_ledger.intake.proxy_rows import Manner
from svx_ledger.ledger import Ledger, Sequenced

from .conftest import OPERATOR, Write

EVALUATOR = Actor(id="person-eve", role="evaluator", organisation="organisation-eval1")
HEAD = (
    "measure,name,unit,pounds_per_unit,divisible,source,edition,price_year,licence,"
    "theme_scheme,theme,deadweight\n"
)
HOUR = "hour,An hour,hour,16.930,yes,Invented,2025,2022/23,CC0-1.0,DEMO,work,0.20\n"
LAPTOP = "laptop,A laptop,laptop,0300,no,Invented,2025,2025,CC0-1.0,DEMO,things,\n"
GMCA = (
    "code,theme,outcome,detail,unit,fiscal_gbp,fiscal_price_year,original_source\n"
    'CR1.0,Crime & order,ASB,"Further action, dealt with",Per incident,500,2002/03,LSE (2003)\n'
    "CR1.1,Crime & order,ASB,No action,Per child over a ten year period,35,2002/03,LSE\n"
    "CR1.2,Crime & order,ASB,Letter,Each,,,\n"
)


@pytest.fixture
def evaluated(ledger: Ledger) -> Ledger:
    """A ledger with an evaluator (fictional) on it."""
    stream = "organisation-eval1"
    register = RegisterOrganisation(
        organisation_id=stream,
        name="Plumbline (fictional)",
        side="evaluator",
        identifiers=(Identifier(scheme="GB-COH", id="DEMO"),),
    )
    verify = VerifyOrganisation(organisation_id=stream, basis="checked")
    for command in (register, verify):
        assert isinstance(ledger.execute(command, OPERATOR), Sequenced)
    return ledger


def test_a_table_is_adopted_as_one_set_and_only_once(evaluated: Ledger, write: Write) -> None:
    path = write("prices 2025.csv", HEAD + HOUR + LAPTOP)
    tally = import_proxies(evaluated, EVALUATOR, [path], manner=Manner())
    (stream,) = tally.more["proxy_sets"]
    found = evaluated.state(ProxySet, stream)
    again = import_proxies(evaluated, EVALUATOR, [path], manner=Manner())

    assert (tally.read, tally.imported, tally.unchanged, tally.rejected) == (2, 2, 0, [])
    assert found is not None
    assert found.name == "prices 2025"
    assert found.proxies["hour"].pounds_per_unit == Decimal("16.93")
    assert found.proxies["hour"].price_year == 2022
    assert found.proxies["hour"].deadweight == Decimal("0.2")
    assert found.proxies["laptop"].pounds_per_unit == 300
    assert not found.proxies["laptop"].divisible
    assert (again.imported, again.unchanged) == (0, 2)
    assert again.more["proxy_sets"] == [stream]


def test_every_wrong_cell_is_named_and_then_nothing_is_adopted(
    evaluated: Ledger, write: Write
) -> None:
    wrong = "hour hour,An hour,hours,£16,maybe,,2025,22,CC0-1.0,DEMO,work,2\n"
    path = write("x.csv", HEAD + LAPTOP + wrong + LAPTOP)
    before = evaluated.store.head()
    tally = import_proxies(evaluated, EVALUATOR, [path], manner=Manner())

    assert sorted(rejected.pointer for rejected in tally.rejected) == [
        "line 3, column deadweight",
        "line 3, column divisible",
        "line 3, column measure",
        "line 3, column pounds_per_unit",
        "line 3, column price_year",
        "line 3, column source",
        "line 4, column measure",
    ]
    assert tally.imported == 0
    assert evaluated.store.head() == before


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "an empty file"),
        ("measure,name\n", "no column unit"),
        (HEAD.replace("deadweight", "x"), "a column that no proxy has"),
        (HEAD, "headings, and nothing under"),
        (
            HEAD + "".join(HOUR.replace("hour,", f"m{n},", 1) for n in range(151)),
            "more than 150",
        ),
    ],
)
def test_a_table_of_no_known_sort_is_rejected(
    evaluated: Ledger, write: Write, content: str, reason: str
) -> None:
    tally = import_proxies(evaluated, EVALUATOR, [write("x.csv", content)], manner=Manner())

    assert len(tally.rejected) == 1
    assert tally.rejected[0].reason.startswith(reason)


def test_a_refusal_is_the_reason(evaluated: Ledger, write: Write) -> None:
    operator = Actor(id="person-op", role="operator", organisation="organisation-eval1")
    tally = import_proxies(evaluated, operator, [write("x.csv", HEAD + HOUR)], manner=Manner())

    assert [r.reason.split(":")[0] for r in tally.rejected] == ["role-not-allowed"]


def test_a_table_of_gmca_is_taken_by_the_measures_that_are_wanted(
    evaluated: Ledger, write: Write
) -> None:
    path = write("gmca.csv", GMCA)
    manner = Manner(edition="v1.4", licence="CC-BY-4.0")
    tally = import_proxies(
        evaluated, EVALUATOR, [path], only=frozenset({"CR1.0"}), name="GMCA", manner=manner
    )
    found = evaluated.state(ProxySet, tally.more["proxy_sets"][0])

    assert tally.imported == 1
    assert found is not None
    proxy = found.proxies["CR1.0"]
    assert (proxy.name, proxy.unit) == ("Further action, dealt with", "incident")
    assert (proxy.pounds_per_unit, proxy.price_year) == (Decimal(500), 2002)
    assert (proxy.theme_scheme, proxy.theme) == ("GMCA", "Crime-order")
    assert (proxy.source, proxy.edition, proxy.licence) == ("LSE (2003)", "v1.4", "CC-BY-4.0")


def test_of_a_table_of_gmca_too_every_wrong_cell_is_named(
    evaluated: Ledger, write: Write
) -> None:
    tally = import_proxies(evaluated, EVALUATOR, [write("gmca.csv", GMCA)], manner=Manner())

    assert {rejected.pointer for rejected in tally.rejected} == {
        *("line 2, column --edition", "line 2, column --licence"),
        *("line 3, column --edition", "line 3, column --licence", "line 3, column unit"),
        *("line 4, column --edition", "line 4, column --licence"),
        *("line 4, column fiscal_gbp", "line 4, column fiscal_price_year"),
        "line 4, column original_source",
    }


def test_a_measure_that_is_wanted_and_not_there_is_said(
    evaluated: Ledger, write: Write
) -> None:
    only = frozenset({"hour", "week"})
    tally = import_proxies(
        evaluated, EVALUATOR, [write("x.csv", HEAD + HOUR)], only=only, manner=Manner()
    )

    assert [rejected.reason for rejected in tally.rejected] == ["no measure week"]
    assert tally.imported == 0
