"""A story that is not over: an auction that is open now, and two bidders with keys.

Of the demo's cast, in real time: whoever tries the HTTP interface needs an auction that takes
bids, and everything before that takes two dozen commands of eight people.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import TYPE_CHECKING, Final, NamedTuple

from svx_ledger.cli.failing import Refused
from svx_ledger.domain.access import GrantAccess
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.api_key import IssueApiKey
from svx_ledger.domain.auction.opening import OpenAuction
from svx_ledger.domain.book import OpenLedger
from svx_ledger.domain.kind import Command
from svx_ledger.domain.rule import Refusal
from svx_ledger.domain.uk_calendar import DAY, uk_date

from .announcing import announcing
from .buying import buying
from .people import LANTERN, PARTIES, PROXIES
from .player import LEDGER_USED
from .scenario import Procurement, Scenario, Tender
from .setting import adding, setting
from .step import Act, person

if TYPE_CHECKING:
    from svx_ledger.ledger import Ledger

AUCTION: Final = "auction-practice"
NEED: Final = "need-hubs"
ORIGIN: Final = "ledger.example/svx-practice"
BIDDERS: Final = ("tarnlight", "kitestone")
NOTICE: Final = timedelta(seconds=2)
"""From the draft to the opening; everybody is invited meanwhile."""
KEYS_LAST: Final = timedelta(days=7)
_CAST: Final = ("marchshire", "lantern", "plumbline", *BIDDERS)


class Practice(NamedTuple):
    """What there is to try: an auction that closes at an instant, and keys of its bidders."""

    auction_id: str
    closes_at: datetime
    need_id: str
    keys: dict[str, str]
    """By supplier. Whoever has the text may bid for it."""
    log_key: str | None
    """The verifier key of the log; None where there is no place for its private half."""


def prepare(
    ledger: "Ledger", minutes: int, log_key: Callable[[], str] | None = None
) -> Practice:
    """Play an empty ledger up to an open auction.

    `log_key` makes what the log can be published with, and returns its verifier key. Raises
    Refused for a used ledger, and where something breaks a rule.
    """
    if events := ledger.store.head().position:
        raise Refused(LEDGER_USED.refuse(events=events))
    now = ledger.clock.wall().replace(microsecond=0)
    story = _story(now, minutes)
    (bought,) = story.procurements
    for step in (*setting(story), *announcing(bought), *buying(story, bought)):
        command = step.command
        if isinstance(command, OpenLedger):
            command = replace(command, clock="real")
        if isinstance(command, OpenAuction):
            _reach(ledger, now + NOTICE)
        _give(ledger, step.actor, command)
    closes_at = now + NOTICE + timedelta(minutes=minutes)
    keys, verifier_key = _keys(ledger), None
    if log_key is not None:
        verifier_key = log_key()
        added = adding(verifier_key, story, now)
        _give(ledger, added.actor, added.command)
    return Practice(AUCTION, closes_at, NEED, keys, verifier_key)


def _story(now: datetime, minutes: int) -> Scenario:
    later = uk_date(now + 365 * DAY).isoformat()
    hubs = replace(LANTERN, needs=(replace(LANTERN.needs[0], needed_by=later),))
    bought = Procurement(
        key="practice",
        called="Practice",
        title="Cleaning of the police estate (practice)",
        authority="marchshire",
        contract_pounds=2_000_000,
        registered_at=_text(now),
        needs={"hubs": "The hubs are where the contract is worked"},
        drafted_at=_text(now),
        opens_at=_text(now + NOTICE),
        closes_at=_text(now + NOTICE + timedelta(minutes=minutes)),
        reserve_pounds=1_000,
        increment_pounds=100,
        tenders=tuple(Tender(bidder, 45, 35) for bidder in BIDDERS),
        bids=(),
        terms={"notice_seconds": 0},
    )
    return Scenario(
        key="demo",
        origin=ORIGIN,
        begins_at=_text(now),
        parties=tuple(party for party in PARTIES if party.key in _CAST),
        evaluator="plumbline",
        proxy_set="Practice proxies (fictional)",
        proxies=PROXIES,
        projects=(hubs,),
        procurements=(bought,),
    )


def _keys(ledger: "Ledger") -> dict[str, str]:
    from svx_ledger.api.keys import new_key

    found = {}
    for bidder in BIDDERS:
        key = new_key()
        for actor, command in _granted(bidder, key.api_key_id, key.sha256, ledger.clock.wall()):
            _give(ledger, actor, command)
        found[f"organisation-{bidder}"] = key.text
    return found


def _granted(bidder: str, api_key_id: str, sha256: str, now: datetime) -> Iterator[Act]:
    """Give a supplier's bidder its access and a key; the signatory does, as it would."""
    signatory = person("supplier.signatory", bidder)
    bidding = person("supplier.bidder", bidder)
    access = f"access-{bidder}"
    yield (
        signatory,
        GrantAccess(
            access_id=access,
            person_id=bidding.id,
            organisation_id=f"organisation-{bidder}",
            role=bidding.role,
        ),
    )
    yield (
        signatory,
        IssueApiKey(
            api_key_id=api_key_id,
            access_id=access,
            secret_sha256=sha256,
            scopes=("read", "act"),
            expires_at=now + KEYS_LAST,
        ),
    )


def _give(ledger: "Ledger", actor: Actor, command: Command) -> None:
    answer = ledger.execute(command, actor)
    if isinstance(answer, Refusal):
        raise Refused(answer)


def _reach(ledger: "Ledger", at: datetime) -> None:
    while (left := (at - ledger.clock.wall()).total_seconds()) > 0:
        sleep(left)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
