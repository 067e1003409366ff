"""Superseding a proxy set: each rule on either side of its boundary."""

from dataclasses import replace

from svx_ledger.domain.proxies import ProxySet, ProxySetAdopted, ProxySetSuperseded
from svx_ledger.domain.rule import Facts, Refusal
from svx_ledger.domain.superseding import SupersedeProxySet

from .cast import ADOPTED, AUTHORITY, BIDDER, BUYER, EVALUATOR, LAPTOPS, PROXY_SET, Past
from .outcome import NOON, OPERATOR, World, outcome

NEWER = "proxy-set-px02"
NEWEST = "proxy-set-px03"
REASON = "Prices of 2026 (fictional)"
SUPERSEDE = SupersedeProxySet(proxy_set_id=PROXY_SET, superseded_by=NEWER, reason=REASON)
SUPERSEDED = ProxySetSuperseded(superseded_by=NEWER, reason=REASON)


def also(proxy_set: str) -> Past:
    """Another adopted set."""
    return [(proxy_set, event) for _, event in ADOPTED]


BOTH: Past = [*ADOPTED, *also(NEWER)]
DONE: Past = [*BOTH, (PROXY_SET, SUPERSEDED)]


def test_a_newer_set_takes_its_place_with_a_reason() -> None:
    assert outcome(given=BOTH, when=SUPERSEDE, by=EVALUATOR) == [SUPERSEDED]


def test_what_it_valued_keeps_its_value() -> None:
    after = World(DONE).streams[PROXY_SET]

    assert isinstance(after, ProxySet)
    assert (after.phase, after.adopted, after.proxies) == (
        "superseded",
        True,
        {"laptop": LAPTOPS},
    )


def test_only_its_adopter_supersedes_it() -> None:
    elsewhere = replace(EVALUATOR, organisation="organisation-eval2")

    assert outcome(given=BOTH, when=SUPERSEDE, by=elsewhere) == "not-yours"
    assert outcome(given=BOTH, when=SUPERSEDE, by=BUYER) == "not-yours"
    assert outcome(given=BOTH, when=SUPERSEDE, by=BIDDER) == "role-not-allowed"
    assert outcome(given=BOTH, when=SUPERSEDE, by=OPERATOR) == "role-not-allowed"


def test_an_authority_supersedes_what_it_adopted() -> None:
    of_authority: Past = [
        (s, replace(e, adopter_id=AUTHORITY) if isinstance(e, ProxySetAdopted) else e)
        for s, e in BOTH
    ]

    assert outcome(given=of_authority, when=SUPERSEDE, by=BUYER) == [SUPERSEDED]
    assert outcome(given=of_authority, when=SUPERSEDE, by=EVALUATOR) == "not-yours"


def test_a_set_is_superseded_once_and_after_its_adoption() -> None:
    half = [*ADOPTED[:1], *also(NEWER)]

    assert outcome(given=DONE, when=SUPERSEDE, by=EVALUATOR) == "wrong-state"
    assert outcome(given=half, when=SUPERSEDE, by=EVALUATOR) == "wrong-state"


def told(given: Past, when: SupersedeProxySet = SUPERSEDE) -> Facts:
    """The facts with which it is refused."""
    decision = World(given).decide(when, EVALUATOR, NOON)
    assert isinstance(decision, Refusal)
    return decision.facts


def test_a_refusal_says_in_which_state_the_set_is() -> None:
    half: Past = [*ADOPTED[:1], *also(NEWER)]

    assert told(DONE) == {"state": "superseded", "expected": "adopted"}
    assert told(half) == {"state": "being adopted", "expected": "adopted"}


def test_another_set_takes_its_place() -> None:
    itself = replace(SUPERSEDE, superseded_by=PROXY_SET)

    assert told(BOTH, itself) == {"proxy_set": PROXY_SET}
    assert outcome(given=BOTH, when=itself, by=EVALUATOR) == "superseded-by-itself"


def test_what_takes_its_place_is_adopted_and_not_superseded_itself() -> None:
    half = [*ADOPTED, *also(NEWER)[:1]]
    back = SupersedeProxySet(proxy_set_id=NEWER, superseded_by=PROXY_SET, reason=REASON)
    on = replace(back, superseded_by=NEWEST)

    assert outcome(given=ADOPTED, when=SUPERSEDE, by=EVALUATOR) == "not-found"
    assert outcome(given=half, when=SUPERSEDE, by=EVALUATOR) == "wrong-state"
    assert outcome(given=DONE, when=back, by=EVALUATOR) == "wrong-state"
    assert isinstance(outcome(given=[*DONE, *also(NEWEST)], when=on, by=EVALUATOR), list)
