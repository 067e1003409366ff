"""The demo's story with strangers in it, and more at its end: an example of every command.

So that whoever tries a command in every role finds each one accepted from somebody, on each
side that may give it. Everybody is fictional.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from svx_ledger.cli.demo.people import PROXIES_2026
from svx_ledger.cli.demo.player import steps
from svx_ledger.cli.demo.step import OPERATOR, Act, Step, paced, person
from svx_ledger.cli.demo.story import STORY
from svx_ledger.domain.access import GrantAccess, RevokeAccess
from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.api_key import IssueApiKey, RevokeApiKey
from svx_ledger.domain.award.dropping import SetAsideAward
from svx_ledger.domain.award.objecting import RecordProceedings
from svx_ledger.domain.book import AcceptClockStep, AddLogKey, RevokeLogKey, StartEpoch
from svx_ledger.domain.correction import ApproveCorrection, RequestCorrection
from svx_ledger.domain.erasing import EraseSubject
from svx_ledger.domain.organisation import (
    DeclareConnection,
    Identifier,
    RegisterKey,
    RegisterOrganisation,
    RevokeKey,
    Side,
    VerifyOrganisation,
)
from svx_ledger.domain.private import Private
from svx_ledger.domain.procurement import DeclareInterest
from svx_ledger.domain.proxies import AdoptProxySet
from svx_ledger.domain.spend import RecordInput
from svx_ledger.domain.superseding import SupersedeProxySet
from tests.golden.areas.published import CHECKPOINT, FIRST_KEY, KEY_OF_EPOCH_2, SECOND_KEY

GOES_ON_AT: Final = datetime(2026, 8, 27, 11, 10, tzinfo=UTC)
"""After the last act of the demo, whose last auction takes bids until the afternoon."""
ENDS_AT: Final = GOES_ON_AT + timedelta(hours=2)
TODAY: Final = date(2026, 8, 27)
SIDES: Final[tuple[Side, ...]] = (
    "authority",
    "supplier",
    "community",
    "evaluator",
    "operator",
)
EXCHANGE: Final = "organisation-exchange"
LEDGER: Final = "ledger-demo"
_TEXT: Final = Private(text="Somebody's own words (fictional)", salt="5a" * 32)


class Of(NamedTuple):
    """Somebody who leads an organisation of a side, and what the organisation is called."""

    side: Side
    party: str
    role: Role
    name: str

    @property
    def organisation(self) -> str:
        """The organisation's name on the ledger."""
        return f"organisation-{self.party}"

    @property
    def leader(self) -> Actor:
        """The person."""
        return person(self.role, self.party)


LED: Final = (
    Of("authority", "ottermoor", "authority.approver", "Ottermoor County Council (fictional)"),
    Of("supplier", "harle", "supplier.signatory", "Harle & Fenn Services (fictional)"),
    Of("community", "lantern", "community.lead", "Lantern Youth Hubs (fictional)"),
    Of("evaluator", "plumbline", "evaluator", "Plumbline Evaluation (fictional)"),
    Of("operator", "exchange", "operator", "Exchange (fictional)"),
)


Kept = Callable[[str], frozenset[str]]
"""Returns the commitments of the private texts that a stream has."""


def stranger(side: str) -> str:
    """Return an organisation of a side that has nothing to do with anybody."""
    return f"organisation-stranger{side}"


def told() -> tuple[Step, ...]:
    """Return all that is done: the demo's story with more at its end."""
    first, *others = steps(STORY)
    come = [
        *(_registers(stranger(side), side) for side in SIDES),
        *(_registers(_hushed(side), side, _TEXT) for side in SIDES),
        _registers(EXCHANGE, "operator"),
        *(
            _verifies(organisation)
            for organisation in (*map(stranger, SIDES), *map(_hushed, SIDES), EXCHANGE)
        ),
    ]
    arrived = (Step(first.at, *act) for act in come)
    return (first, *arrived, *others, *paced(GOES_ON_AT, *_more()))


def untold(kept: Kept) -> tuple[Step, ...]:
    """Return what could be done at the end of it, each by somebody who may, and is not."""
    return tuple(Step(ENDS_AT, *act) for act in _open(kept))


def _registers(organisation: str, side: Side, contact: Private | None = None) -> Act:
    number = organisation.removeprefix("organisation-").upper()
    registered = RegisterOrganisation(
        organisation_id=organisation,
        name=f"{number.capitalize()} (fictional)",
        side=side,
        identifiers=(Identifier(scheme="GB-COH", id=number),),
        contact=contact,
    )
    return OPERATOR, registered


def _verifies(organisation: str) -> Act:
    return OPERATOR, VerifyOrganisation(organisation_id=organisation, basis="Register checked")


def _more() -> Iterator[Act]:
    """Give what the acts of `_open` rest on."""
    for of in LED:
        yield from _led(of)
    adopted = AdoptProxySet(
        proxy_set_id="proxy-set-council",
        adopter_id="organisation-ottermoor",
        name="The council's proxies (fictional)",
        proxies=PROXIES_2026,
    )
    yield person("authority.buyer", "ottermoor"), adopted
    yield OPERATOR, AddLogKey(ledger_id=LEDGER, verifier_key=FIRST_KEY)
    interest = DeclareInterest(
        procurement_id="procurement-recovery",
        person_id="person-marchshire-observer",
        organisation_id="organisation-pellwick",
        nature="shareholding",
        details=_TEXT,
    )
    yield person("authority.buyer", "marchshire"), interest
    sued = RecordProceedings(
        award_id="award-lighting",
        court_ref="COURT-DEMO-9",
        commenced_on=TODAY,
        notified_on=TODAY,
    )
    yield person("authority.buyer", "fenmarsh"), sued


def _led(of: Of) -> Iterator[Act]:
    """What somebody does with the organisation itself: a key, a correction, access."""
    registered = RegisterKey(
        organisation_id=of.organisation,
        key_id="key-of-more",
        algorithm="ed25519",
        public_key="90f8fc0999b9831be34b35038ff0e97aa57081f5f8849b5f4eccb1c9a9180fec",
    )
    yield of.leader, registered
    requested = RequestCorrection(
        correction_id=f"correction-{of.party}",
        target_id=of.organisation,
        field="name",
        old=of.name,
        new=of.name.replace("(", "Ltd ("),
        reason="As in the register",
    )
    yield of.leader, requested
    granted = GrantAccess(
        access_id=f"access-of{of.party}",
        person_id=of.leader.id,
        organisation_id=of.organisation,
        role=of.role,
    )
    yield OPERATOR, granted
    if of.side in ("supplier", "community"):
        role: Role = "supplier.bidder" if of.side == "supplier" else "community.confirmer"
        another = replace(
            granted, access_id=f"access-by{of.party}", person_id="person-new", role=role
        )
        yield of.leader, another
    yield of.leader, _issue(of, "issued", "a1")


def _issue(of: Of, name: str, digits: str) -> IssueApiKey:
    return IssueApiKey(
        api_key_id=f"api-key-{name}{of.party}",
        access_id=f"access-of{of.party}",
        secret_sha256=f"{SIDES.index(of.side):02d}{digits * 31}",
        scopes=("read", "act"),
        expires_at=GOES_ON_AT + timedelta(days=300),
    )


def _open(kept: Kept) -> Iterator[Act]:
    for of in LED:
        yield from _open_to(of)
        yield replace(of.leader, organisation=_hushed(of.side)), _erase(_hushed(of.side), kept)
    yield person("authority.buyer", "marchshire"), _erase("procurement-recovery", kept)
    yield from _open_ties()
    council, usual = "proxy-set-council", "proxy-set-demo2026"
    for old, new, by in (
        (council, usual, person("authority.buyer", "ottermoor")),
        (usual, council, person("evaluator", "plumbline")),
    ):
        yield by, SupersedeProxySet(proxy_set_id=old, superseded_by=new, reason="Better")
    yield (
        person("community.lead", "lantern"),
        RequestCorrection(
            correction_id="correction-hubs",
            target_id="project-hubs",
            field="title",
            old="Six evening hubs for young people",
            new="Six evening hubs",
            reason="Shorter",
        ),
    )
    yield (
        OPERATOR,
        AcceptClockStep(
            ledger_id=LEDGER,
            reason="Set right",
            clock_at=GOES_ON_AT,
            last_recorded_at=GOES_ON_AT,
        ),
    )
    yield OPERATOR, AddLogKey(ledger_id=LEDGER, verifier_key=SECOND_KEY)
    yield OPERATOR, RevokeLogKey(ledger_id=LEDGER, verifier_key=FIRST_KEY, reason="Lost")
    yield (
        OPERATOR,
        StartEpoch(
            ledger_id=LEDGER,
            epoch=2,
            checkpoint=CHECKPOINT,
            verifier_key=KEY_OF_EPOCH_2,
            reason="Restored",
        ),
    )
    yield (
        person("authority.approver", "fenmarsh"),
        SetAsideAward(award_id="award-lighting", court_ref="COURT-DEMO-9", order_ref="ORDER-9"),
    )
    yield (
        person("authority.buyer", "ottermoor"),
        RecordInput(
            spend_id="spend-councilinput",
            payer_id="organisation-ottermoor",
            procurement_id=None,
            period_from=TODAY,
            period_to=TODAY,
            what="staff-time",
            basis="Time sheets",
            amount_pence=1_000,
        ),
    )


def _open_to(of: Of) -> Iterator[Act]:
    yield (
        of.leader,
        RevokeKey(organisation_id=of.organisation, key_id="key-of-more", reason="Lost"),
    )
    second = replace(of.leader, id="person-second")
    yield second, ApproveCorrection(correction_id=f"correction-{of.party}")
    yield of.leader, _issue(of, "another", "b2")
    yield of.leader, RevokeApiKey(api_key_id=f"api-key-issued{of.party}", reason="Lost")
    if of.side in ("supplier", "community"):
        yield of.leader, RevokeAccess(access_id=f"access-by{of.party}", reason="Left")


def _open_ties() -> Iterator[Act]:
    for by, other in (
        (person("community.lead", "lantern"), "organisation-quietharbour"),
        (person("evaluator", "plumbline"), "organisation-stonecross"),
        (person("supplier.signatory", "harle"), "organisation-tarnlight"),
    ):
        assert by.organisation is not None
        tie = DeclareConnection(
            organisation_id=by.organisation,
            connected_to=other,
            nature="director",
            declarer_id=by.organisation,
        )
        yield by, tie
    for by, party in (
        (person("supplier.signatory", "harle"), "harle"),
        (person("evaluator", "plumbline"), "plumbline"),
    ):
        declared = DeclareInterest(
            procurement_id="procurement-recovery",
            person_id=by.id,
            organisation_id="organisation-pellwick",
            nature="family",
            declarer_id=f"organisation-{party}",
        )
        yield by, declared


def _hushed(side: str) -> str:
    """Return an organisation with a private text."""
    return f"organisation-hushed{side}"


def _erase(stream: str, kept: Kept) -> EraseSubject:
    return EraseSubject(
        stream=stream,
        commitments=tuple(sorted(kept(stream))),
        basis="data-subject-request",
        reason="DSR-2026-1",
    )
