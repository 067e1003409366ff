"""The random mutations can fail: a check that overlooks something, or breaks, is found out."""

from collections.abc import Iterator
from random import Random

import pytest

from svx_ledger.proofs.checks import each_row
from svx_ledger.proofs.checks import receipt as verify_receipt
from svx_ledger.proofs.checks.first_findings import FirstFindings
from svx_ledger.proofs.finding import Finding, not_canonical
from tests.faults.places import SQLitePlace, sqlite_place
from tests.faults.tally import Plan
from tests.faults.tampering import tampered

from .mutating import Mutation

FOUND = not_canonical("a test").finding


@pytest.fixture(scope="module")
def place() -> Iterator[SQLitePlace]:
    with sqlite_place() as one:
        yield one


def test_a_check_that_overlooks_is_found_out(
    place: SQLitePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FirstFindings, "add", lambda *_: None)

    tally = tampered(place, Plan(40, Random(3)))

    assert any("nothing was found" in finding.text for finding in tally.findings)


def test_a_check_that_breaks_is_found_out(
    place: SQLitePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_: bytes) -> None:
        raise LookupError

    monkeypatch.setattr(each_row, "parse_record", breaks)
    monkeypatch.setattr(verify_receipt, "parse_receipt", breaks)

    tally = tampered(place, Plan(40, Random(3)))

    assert any("LookupError" in finding.text for finding in tally.findings)


@pytest.mark.parametrize(
    ("found", "leaf", "codes"),
    [
        ([], None, ("SVX301",)),
        ([FOUND], None, ("SVX101",)),
        ([FOUND], 3, ("SVX301",)),
        ([Finding(FOUND.code, "", 4)], 3, ("SVX301",)),
        ([Finding(FOUND.code, "", 4)], 3, ("SVX101", "SVX301")),
    ],
)
def test_another_finding_than_expected_is_a_fault(
    found: list[Finding], leaf: int | None, codes: tuple[str, ...]
) -> None:
    assert Mutation("something", found, leaf, codes).fault is not None


def test_the_finding_that_is_expected_is_none() -> None:
    assert Mutation("something", [FOUND], None, ("SVX301",)).fault is None
    assert Mutation("something", [FOUND], 3, ("SVX101", "SVX301")).fault is None
