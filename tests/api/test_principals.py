"""Who asks: a key is worth what the log says of it at the moment it is presented."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from svx_ledger import open_ledger
from svx_ledger.api.admission import principals as module
from svx_ledger.api.admission.principals import PUBLIC, Principal, Principals
from svx_ledger.api.keys import new_key
from svx_ledger.api.problems import Problem
from svx_ledger.api.refusals import NOT_AUTHENTICATED, Declined
from svx_ledger.domain.access import GrantAccess, RevokeAccess
from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.api_key import RevokeApiKey
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.eventlog.record import Unreadable
from svx_ledger.ledger import Sequenced, SimulatedClock
from tests.world import OPERATOR

from .keys import access_for
from .served import Served, served

ANOTHER = "person-operator-2"
SOON = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    with served(tmp_path, url=url) as one:
        yield one


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as one:
        yield one


@pytest.fixture
def elsewhere(ledger: Served) -> Iterator[Principals]:
    """What another process has of the same ledger."""
    clock = SimulatedClock(ledger.clock.wall())
    with open_ledger(ledger.exchange.url, clock=clock) as other:
        principals = Principals(other)
        yield principals
        principals.close()


def asked(principals: Principals, *texts: str | None) -> list[Principal | None]:
    """Return who sent each of these headers, all at once; None for who is not let in."""

    async def ask() -> list[Principal | None]:
        return await asyncio.gather(*(one(text) for text in texts))

    async def one(text: str | None) -> Principal | None:
        try:
            return await principals.of(text)
        except Declined as declined:
            refused.append(declined.problem)
            return None

    refused: list[Problem] = []
    found = asyncio.run(ask())
    assert all(problem is NOT_AUTHENTICATED for problem in refused)
    return found


def who(served: Served) -> Principals:
    principals: Principals = served.app.state.serving.principals
    return principals


def revoke(one: Served, key: str) -> None:
    stream = f"api-key-{key.split('_')[1]}"
    command = RevokeApiKey(api_key_id=stream, reason="left in a train")
    assert isinstance(one.exchange.execute(command, OPERATOR), Sequenced)


def test_a_key_is_the_person_role_and_organisation_of_its_grant(small: Served) -> None:
    bidder = small.auction.bidders[0]
    key = small.key(bidder, "read")

    (found,) = asked(who(small), f"Bearer {key}")

    assert found == Principal(
        actor=bidder,
        api_key_id=f"api-key-{key.split('_')[1]}",
        access_id=access_for(small.exchange, bidder),
        scopes=frozenset({"read"}),
        expires_at=small.clock.wall() + timedelta(days=30),
    )


def test_without_a_key_it_is_the_public(small: Served) -> None:
    assert asked(who(small), None) == [PUBLIC]
    assert PUBLIC.actor is None
    assert not PUBLIC.may_act("SubmitBid")


def test_whatever_is_no_key_in_force_lets_nobody_in(small: Served) -> None:
    key = small.key(small.auction.bidders[0])
    last = "0" if key[-1] != "0" else "1"
    wrong = ["", "Bearer", "Bearer ", key, f"Basic {key}", f"Bearer {key} ", f"Bearer {key}x"]
    wrong += [f"Bearer {key[:-1]}{last}", f"Bearer {new_key().text}", "Bearer " + "s" * 100_000]
    wrong += [f"Bearer {key.upper()}", f"Bearer \u017f{key[1:]}"]

    assert asked(who(small), *wrong) == [None] * len(wrong)
    assert asked(who(small), f"bearer {key}") != [None]


def test_a_revoked_key_is_refused_at_once_in_every_process(
    ledger: Served, elsewhere: Principals
) -> None:
    bidder = ledger.auction.bidders[0]
    key, other = ledger.key(bidder), ledger.key(bidder)
    for principals in (who(ledger), elsewhere):
        assert None not in asked(principals, f"Bearer {key}", f"Bearer {other}")

    revoke(ledger, key)

    for principals in (elsewhere, who(ledger)):
        first, second = asked(principals, f"Bearer {key}", f"Bearer {other}")
        assert first is None
        assert second is not None


def test_a_key_ends_with_its_access(ledger: Served, elsewhere: Principals) -> None:
    bidder = ledger.auction.bidders[0]
    key = ledger.key(bidder)
    assert asked(elsewhere, f"Bearer {key}") != [None]

    ended = RevokeAccess(access_id=access_for(ledger.exchange, bidder), reason="left")
    assert isinstance(ledger.exchange.execute(ended, OPERATOR), Sequenced)

    assert asked(elsewhere, f"Bearer {key}") == [None]
    assert asked(who(ledger), f"Bearer {key}") == [None]


def test_a_key_expires(small: Served) -> None:
    key = small.key(small.auction.bidders[0])  # for 30 days
    small.clock.advance_to(small.clock.wall() + timedelta(days=30, microseconds=-1))
    assert asked(who(small), f"Bearer {key}") != [None]

    small.clock.advance_to(small.clock.wall() + timedelta(microseconds=1))

    assert asked(who(small), f"Bearer {key}") == [None]


def test_a_key_does_not_outlive_the_last_day_of_its_access(small: Served) -> None:
    bidder = small.auction.bidders[0]
    until = uk_date(small.clock.wall()) + timedelta(days=1)
    grant = GrantAccess(
        access_id="access-short",
        person_id=bidder.id,
        organisation_id=bidder.organisation or "",
        role="supplier.signatory",
        until=until,
    )
    assert isinstance(small.exchange.execute(grant, OPERATOR), Sequenced)
    signatory = type(bidder)(id=bidder.id, role=grant.role, organisation=bidder.organisation)
    from .keys import key_for

    key = key_for(small.exchange, signatory, lasts=timedelta(hours=30))
    assert asked(who(small), f"Bearer {key}") != [None]

    small.clock.advance_to(small.clock.wall() + timedelta(days=2))

    assert asked(who(small), f"Bearer {key}") == [None]


def test_requests_that_come_together_share_a_look(
    small: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [small.key(bidder) for bidder in small.auction.bidders]
    looks = 0
    head = small.exchange.store.head

    def counted() -> object:
        nonlocal looks
        looks += 1
        return head()

    monkeypatch.setattr(small.exchange.store, "head", counted)
    found = asked(who(small), *(f"Bearer {key}" for key in keys * 50))

    assert None not in found
    assert looks <= 2


def test_after_a_great_many_records_all_is_read_anew(
    small: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_NEWS", 2)
    key = small.key(small.auction.bidders[0])
    assert asked(who(small), f"Bearer {key}") != [None]
    revoke(small, key)
    for _ in range(3):
        small.key(small.auction.bidders[1])

    assert asked(who(small), f"Bearer {key}") == [None]


def test_a_key_is_refused_by_a_log_that_was_put_back_to_before_it(
    small: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = tmp_path / "earlier.db"
    with (
        closing(sqlite3.connect(tmp_path / "served.db")) as now,
        closing(sqlite3.connect(earlier)) as then,
    ):
        now.backup(then)
    key = small.key(small.auction.bidders[0])
    assert None not in asked(who(small), f"Bearer {key}")

    with open_ledger(
        f"sqlite:///{earlier}", clock=SimulatedClock(small.clock.wall())
    ) as restored:
        assert 0 < restored.store.head().position < small.head()
        monkeypatch.setattr(who(small), "_ledger", restored)

        assert asked(who(small), f"Bearer {key}") == [None]


def test_names_that_are_no_keys_are_not_kept(small: Served) -> None:
    asked(who(small), *(f"Bearer {new_key().text}" for _ in range(20)))

    assert not who(small)._kept


def test_a_store_that_does_not_answer_lets_nobody_in(
    small: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    from svx_ledger.eventlog.store import NotRead

    key = small.key(small.auction.bidders[0])

    def silent() -> None:
        raise NotRead("silent")

    with monkeypatch.context() as broken:
        broken.setattr(small.exchange.store, "head", silent)
        with pytest.raises(NotRead):
            asked(who(small), f"Bearer {key}")

    assert asked(who(small), f"Bearer {key}") != [None]


def test_a_key_that_cannot_be_read_keeps_out_nobody_who_asks_with_another(
    small: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = (small.key(bidder) for bidder in small.auction.bidders)
    named = f"api-key-{bad.split('_')[1]}"
    of_good = who(small)._ledger.state
    row = next(small.exchange.store.stream(named))

    def state(kind: type[Any], stream: str) -> Any:
        if stream == named:
            raise Unreadable(row, "it is no record")
        return of_good(kind, stream)

    monkeypatch.setattr(small.exchange, "state", state)

    async def ask(*keys: str) -> list[object]:
        asks = (who(small).of(f"Bearer {key}") for key in keys)
        return await asyncio.gather(*asks, return_exceptions=True)

    together = asyncio.run(ask(bad, good, bad, new_key().text))

    assert [type(one) for one in together] == [Unreadable, Principal, Unreadable, Declined]
    monkeypatch.undo()
    assert [type(one) for one in asyncio.run(ask(bad))] == [Principal]  # nothing of it is kept


def test_a_key_that_may_not_read_reads_as_the_public() -> None:
    actor = Actor(id="person-1", role="supplier.bidder", organisation="organisation-some1")
    for scopes, as_itself in (({"read"}, True), ({"act"}, False), ({"act:SubmitBid"}, False)):
        held = Principal(actor=actor, api_key_id="api-key-1", scopes=frozenset(scopes))
        reader = held.as_reader()

        assert reader.actor == (actor if as_itself else None)
        assert reader.api_key_id == "api-key-1"  # it is counted, and noted
    assert PUBLIC.as_reader() is PUBLIC


@pytest.mark.parametrize(
    ("scopes", "wanted", "allowed"),
    [
        ({"read"}, ["read"], True),
        ({"read"}, ["act"], False),
        ({"act"}, ["act:SubmitBid"], True),
        ({"act:SubmitBid"}, ["act:SubmitBid"], True),
        ({"act:SubmitBid"}, ["act:WithdrawBid"], False),
        ({"act:SubmitBid"}, ["act"], False),
        ({"act"}, ["read"], False),
    ],
)
def test_a_key_hands_on_what_it_has(
    scopes: set[str], wanted: list[str], *, allowed: bool
) -> None:
    held = Principal(access_id="access-own1", scopes=frozenset(scopes))

    assert held.may_issue("access-own1", wanted, SOON) == allowed


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("supplier.bidder", False), ("supplier.signatory", True), ("operator", True)],
)
def test_a_key_issues_others_for_its_own_access_unless_its_holder_leads(
    role: Role, *, allowed: bool
) -> None:
    actor = Actor(id="person-1", role=role, organisation="organisation-some1")
    held = Principal(actor=actor, access_id="access-own1", scopes=frozenset({"act"}))

    assert held.may_issue("access-other", ["act"], SOON) == allowed
    assert held.may_issue("access-own1", ["act"], SOON)


@pytest.mark.parametrize(
    ("role", "later"),
    [("supplier.bidder", False), ("supplier.signatory", True), ("operator", True)],
)
def test_a_key_issues_none_that_lasts_longer_unless_its_holder_leads(
    role: Role, *, later: bool
) -> None:
    actor = Actor(id="person-1", role=role, organisation="organisation-some1")
    held = Principal(
        actor=actor, access_id="access-own1", scopes=frozenset({"act"}), expires_at=SOON
    )

    assert held.may_issue("access-own1", ["act"], SOON)
    assert held.may_issue("access-own1", ["act"], SOON + timedelta(microseconds=1)) == later
