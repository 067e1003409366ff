"""docs/attacks.md says of each attack what the tests show."""

from pathlib import Path

from svx_ledger.proofs.finding import Code

from .table import ATTACKS, check_lines, page_tables

PAGE = (Path(__file__).parents[2] / "docs" / "attacks.md").read_text(encoding="utf-8")


def test_the_page_has_the_tables_that_are_tested() -> None:
    """Where it has not: python -m tests.attacks prints them."""
    assert "\n".join(check_lines()) in PAGE
    assert "\n".join(page_tables()).rstrip() in PAGE


def test_each_attack_has_a_name_of_its_own_and_is_found_or_explained() -> None:
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)
    assert all(attack.caught or attack.why for attack in ATTACKS)


def test_every_code_that_a_check_can_find_is_found() -> None:
    found = {caught.says for attack in ATTACKS for caught in attack.caught}

    assert {str(code) for code in Code} <= found
