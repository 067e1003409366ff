"""Each kind of planted breach is found: at its position, by its own rule, before all else."""

from collections import Counter, defaultdict

import pytest

from svx_ledger.audit.rules import AUDIT_RULES
from svx_ledger.domain import vocabulary

from .breach import BREACHES
from .forging import Draft
from .honest import STORIES
from .playing import audited, caught, caught_in, folder, honest
from .tables import write_tables

NEVER_FIRST = {
    "leverage-differs": "late_bid_accepted",
    "undecidable": "close_of_an_auction_corrected",
    "unfoldable": "observed_procurement_acted_in",
}
"""Rules of the audit under which nothing is found first, and a breach of which each is found.

What does not fit a state, or cannot be decided on it, or changes a sum, was not what the rules
had made: so much is found before.
"""
ON_POSTGRESQL = (
    "late_bid_accepted",
    "extension_missing",
    "tie_lost_by_the_earlier_bid",
    "contract_in_standstill",
    "position_left_out",
    "column_says_another_type",
    "outcome_missing",
    "claim_held_by_another",
    "private_text_altered",
)


@pytest.mark.parametrize("name", BREACHES)
def test_a_breach_is_found_where_it_is_by_its_own_rule(name: str) -> None:
    at, audit = caught(name)

    assert audit.first is not None, f"{name}: nothing was found"
    assert (audit.first.position, audit.first.rule) == (at, BREACHES[name].rule), audit.first


@pytest.mark.parametrize("story", STORIES)
def test_the_same_history_without_a_breach_is_clean(story: str) -> None:
    """Taken apart and written anew just as those with a breach."""
    with folder() as place:
        url = f"sqlite:///{place / 'honest.db'}"
        write_tables(url, Draft(honest(story)).press())

        audit = audited(url)

    assert audit.clean, audit.first
    assert audit.events == len(honest(story).tables.rows)


@pytest.mark.parametrize("name", ON_POSTGRESQL)
def test_it_is_found_on_postgresql_as_well(name: str, postgres_url: str) -> None:
    at, audit = caught_in(BREACHES[name], postgres_url)

    assert audit.first is not None
    assert (audit.first.position, audit.first.rule) == (at, BREACHES[name].rule)


def test_no_two_rules_can_change_places() -> None:
    """Were the names of any two rules swapped, here or in the audit, a breach would tell."""
    found = {name: first.rule for name in BREACHES if (first := caught(name).audit.first)}
    named: defaultdict[str, set[str]] = defaultdict(set)
    for name, breach in BREACHES.items():
        named[breach.rule].add(name)
    answered: defaultdict[str, set[str]] = defaultdict(set)
    for name, rule in found.items():
        answered[rule].add(name)

    for one in named:
        for other in named:
            if one != other:
                assert not named[one] & answered[other], (one, other)
    assert named == answered


def test_there_are_many_kinds_and_most_have_a_rule_of_their_own() -> None:
    rules = Counter(breach.rule for breach in BREACHES.values())

    assert len(BREACHES) >= 240
    assert len(rules) >= 150
    assert len([rule for rule, kinds in rules.items() if kinds == 1]) >= 110


def test_every_rule_named_here_is_one_of_the_three_sorts() -> None:
    """A decider's, the audit's own, or of an event that is another one, missing, unfounded."""
    for breach in BREACHES.values():
        derived = "." in breach.rule or breach.rule.endswith(("-missing", "-unfounded"))
        assert derived or breach.rule in {**vocabulary.RULES, **AUDIT_RULES}, breach


def test_every_rule_of_the_audit_is_broken_by_some_breach() -> None:
    planted = {breach.rule for breach in BREACHES.values()}

    assert set(AUDIT_RULES) - planted == set(NEVER_FIRST)


@pytest.mark.parametrize("rule", NEVER_FIRST)
def test_what_is_never_found_first_is_found_all_the_same(rule: str) -> None:
    _, audit = caught(NEVER_FIRST[rule])

    assert rule in {finding.rule for finding in audit.findings}
