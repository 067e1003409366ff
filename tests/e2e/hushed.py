"""A ledger with canaries in it: who bid what, who looks on, and all that they can ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from svx_ledger import open_ledger
from svx_ledger.api.addressed import BY_STATE
from svx_ledger.api.routing import Operation
from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.auction.events import BidLine
from svx_ledger.domain.organisation import Side, VerifyOrganisation
from svx_ledger.exchange import Exchange
from svx_ledger.ledger import Sequenced
from tests.api.keys import key_for
from tests.api.served import served
from tests.service import Service
from tests.world import OPERATOR, OpenedAuction, begin, open_auction, registration

from .sweep import Token, Viewer, addresses, amount

CANARIES: Final = (7_654_321, 8_765_432, 9_876_543)
"""Pence that each bidder bids; and then, so little that it is rejected: these."""
REJECTED: Final = (1_357_924, 2_468_135, 3_579_246)
SECOND: Final = 1.0
LATER: Final = 9_753_124
"""What the first bids while everybody listens."""
BYSTANDER: Final = "organisation-w001s999"
OTHERS: Final[dict[str, Side]] = {
    BYSTANDER: "supplier",
    "organisation-otherauth": "authority",
    "organisation-othercomm": "community",
}
CLOSELY: Final = ("the public", "the second bidder", "the authority.observer", "the operator")
AUTHORITY: Final[tuple[Role, ...]] = (
    "authority.buyer",
    "authority.assessor",
    "authority.approver",
    "authority.contract_manager",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hushed:
    """A ledger with an open auction that was bid in, served, and everybody who looks at it."""

    ledger: str
    service: Service
    auction: OpenedAuction
    viewers: list[Viewer]
    asked: list[tuple[str, str]]
    """What everybody asks: every read of everything."""
    closely: list[tuple[str, str]]
    """What those ask who look closely: in every form, and by every filter."""
    tokens: list[Token]


def sees_who_takes_part(actor: Actor, supplier: str) -> bool:
    return actor.organisation == supplier or (
        actor.organisation == "organisation-w001auth" and actor.role in AUTHORITY
    )


def tokens(auction: OpenedAuction) -> Iterator[Token]:
    """Give what is hidden: amounts, ids of bids, and who made them."""
    for n, (nth, bidder) in enumerate(
        zip(("first", "second", "third"), auction.bidders, strict=False)
    ):
        supplier = bidder.organisation
        assert supplier is not None

        def own(actor: Actor | None, supplier: str = supplier) -> bool:
            return actor is not None and actor.organisation == supplier

        def takes_part(actor: Actor | None, supplier: str = supplier) -> bool:
            return actor is not None and sees_who_takes_part(actor, supplier)

        yield Token(f"what the {nth} bid", amount(CANARIES[n]), own)
        yield Token(f"what the {nth} bid in vain", amount(REJECTED[n]), own)
        yield Token(f"the id of the {nth}'s bid", (f"canary-{n}",), own)
        yield Token(f"who bids for the {nth}", (bidder.id,), takes_part)
    first = auction.bidders[0].organisation
    yield Token(
        "what the first bid later",
        amount(LATER),
        lambda actor: actor is not None and actor.organisation == first,
    )


def bid_in(ledger: Exchange) -> OpenedAuction:
    begin(ledger)
    auction = open_auction(ledger, bidders=len(CANARIES))
    for n, bidder in enumerate(auction.bidders):
        for name, pence in ((f"canary-{n}", CANARIES[n]), (f"canary-{n}-low", REJECTED[n])):
            bid = replace(auction.bid(n, pounds=1), lines=(line_of(auction, pence),))
            assert isinstance(ledger.execute(bid, bidder, name), Sequenced)
    for name, side in OTHERS.items():
        for command in (
            registration(name, side),
            VerifyOrganisation(organisation_id=name, basis="register checked"),
        ):
            command_id = f"{command.target()}:{type(command).__name__}:0"  # as of the others
            assert isinstance(ledger.execute(command, OPERATOR, command_id), Sequenced)
    return auction


def positions_of(ledger: Exchange, auction: OpenedAuction) -> list[str]:
    """Return where the bids are, and a few others."""
    head = ledger.store.head().position
    bids = [
        row.position
        for row in ledger.store.stream(auction.auction_id)
        if row.type.startswith(("bid-", "supplier-invited", "assessment-sealed"))
    ]
    assert len(bids) == 3 * len(CANARIES) + 1
    return [str(position) for position in sorted({*bids, 1, head // 2, head})]


def bid_later(hushed: Hushed) -> None:
    bid = replace(hushed.auction.bid(0, pounds=1), lines=(line_of(hushed.auction, LATER),))
    with open_ledger(hushed.ledger) as ledger:
        answer = ledger.execute(bid, hushed.auction.bidders[0], "canary-0-later")
    assert isinstance(answer, Sequenced)


def line_of(auction: OpenedAuction, pence: int) -> BidLine:
    return BidLine(need_id=auction.need_ids[0], unit="£", quantity=Decimal(pence) / 100)


def viewers_of(ledger: Exchange, auction: OpenedAuction) -> Iterator[Viewer]:
    """Give everybody: each role, on the auction's side and elsewhere, and who has no key.

    Bidders look on through somebody else than who bid.
    """
    yield Viewer("the public")

    def viewer(name: str, role: Role, organisation: str) -> Viewer:
        called = role.replace("_", "-").replace(".", "-")
        actor = Actor(id=f"person-looks-{called}", role=role, organisation=organisation)
        return Viewer(name, actor, key_for(ledger, actor))

    seats: list[Role] = [*AUTHORITY, "authority.observer"]
    for role in seats:
        yield viewer(f"the {role}", role, "organisation-w001auth")
    for role in ("authority.buyer", "authority.observer"):
        yield viewer(f"another {role}", role, "organisation-otherauth")
    lookers: tuple[Role, ...] = ("community.lead", "community.confirmer")
    for role in lookers:
        yield viewer(f"the {role}", role, "organisation-w001comm")
        yield viewer(f"another {role}", role, "organisation-othercomm")
    independent: tuple[Role, ...] = ("evaluator", "auditor", "witness")
    for role in independent:
        yield viewer(f"the {role}", role, "organisation-w001eval")
    registered = registration("organisation-0perator", side="operator")
    verified = VerifyOrganisation(organisation_id="organisation-0perator", basis="known")
    keeper = replace(OPERATOR, organisation="organisation-keeper0")
    for command in (registered, verified):
        assert isinstance(ledger.execute(command, keeper), Sequenced)
    yield viewer("the operator", "operator", "organisation-0perator")
    first, second, third = suppliers_of(auction)
    yield viewer("the first bidder", "supplier.signatory", first)
    yield viewer("the second bidder", "supplier.signatory", second)
    yield viewer("the third bidder", "supplier.bidder", third)
    yield viewer("a bystander", "supplier.signatory", BYSTANDER)


def suppliers_of(auction: OpenedAuction) -> list[str]:
    return [bidder.organisation or "" for bidder in auction.bidders]


def asked_of(
    folder: Path, auction: OpenedAuction, positions: list[str], *, closely: bool
) -> list[tuple[str, str]]:
    suppliers = [*suppliers_of(auction)[:2], BYSTANDER]
    values = {
        "auction_id": [auction.auction_id],
        "supplier_id": suppliers,
        "award_id": ["award-w001"],
        "organisation_id": suppliers,
        "stream": [auction.auction_id, auction.procurement_id, *suppliers[1:]],
        "position": positions,
        "tile": ["0/000", "0/000.p/40", "entries/000.p/40", "entries/000.p/1"],
        "command_id": ["canary-0", "canary-1-low"],
        "name": ["bid-below-increment"],
        **_things(folder),
    }
    filters = {
        "supplier": suppliers,
        "organisation": suppliers,
        "thing": [auction.auction_id, *suppliers],
        "person": [auction.bidders[1].id],
        "command": ["SubmitBid", "canary-1"],
        "type": ["bid-accepted.v1"],
        "stream": [auction.auction_id, suppliers[1], BYSTANDER],
        "auction": [auction.auction_id],
        "procurement": [auction.procurement_id],
        "text": ["organisation"],
        "limit": ["1000"],
        "minutes": ["60"],
    }
    required = {
        "leverage-explanation": {"figure": "confirmed.gross"},
        "leverage-parts": {"by": "measure"},
        "report-sample": {"seed": "dice 4 1 6", "size": "3"},
        "stream-replay": {"position": positions[-1]},
        "auction-replay": {"position": positions[-1]},
        "inclusion": {"position": positions[0]},
        "consistency": {"old": positions[0]},
    }
    with _application(folder) as operations:
        asked = addresses(operations, values, required, filters if closely else None)
        return list(asked)


def _things(folder: Path) -> dict[str, list[str]]:
    """Give the first and the last thing of each kind that is read as what it has come to."""
    with open_ledger(f"sqlite:///{folder}/ledger.db") as ledger:
        names = dict.fromkeys(row.stream for row in ledger.store.rows())
    found = {}
    for kind, one in BY_STATE.items():
        of_kind = [name for name in names if name.rpartition("-")[0] == kind]
        found[one.field] = [*of_kind[:1], *of_kind[1:][-1:], f"{kind}-none0000"]
    return found


@contextmanager
def _application(folder: Path) -> Iterator[list[Operation]]:
    """Give the operations of the application, over a ledger that is nobody's."""
    with TemporaryDirectory(dir=folder) as beside, served(Path(beside)) as one:
        yield one.app.state.operations
