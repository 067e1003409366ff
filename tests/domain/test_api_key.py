"""API keys: each rule of their issue and their end on either side of its boundary."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from svx_ledger.domain.access import Access, AccessGranted, AccessRevoked
from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.api_key import (
    LONGEST,
    ApiKey,
    ApiKeyIssued,
    ApiKeyRevoked,
    IssueApiKey,
    RevokeApiKey,
    in_force,
)
from svx_ledger.domain.kind import Claim, Command
from svx_ledger.domain.organisation import OrganisationReinstated, OrganisationSuspended
from svx_ledger.eventlog.commands import command_bytes
from svx_ledger.eventlog.malformed import Malformed

from .cast import (
    APPROVER,
    AUTHORITY,
    BIDDER,
    BUYER,
    COMMUNITY,
    EVALUATING,
    LEAD,
    SUPPLIER,
    Past,
    registered,
    verified,
)
from .outcome import NOON, OPERATOR, World, outcome
from .parties.refused import refused

ACCESS = "access-a001"
KEY = "api-key-k001"
OTHER_KEY = "api-key-k002"
DIGEST = "5e" * 32
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
HERSELF = Actor(id="person-holder", role="authority.buyer", organisation=AUTHORITY)
GRANTED = AccessGranted(
    person_id=HERSELF.id,
    organisation_id=AUTHORITY,
    role="authority.buyer",
    until=date(2026, 12, 31),
    granted_by=APPROVER.id,
)
ENDLESS = replace(GRANTED, until=None)
ENDED = AccessRevoked(
    reason="Left",
    person_id=HERSELF.id,
    organisation_id=AUTHORITY,
    role="authority.buyer",
    revoked_by=APPROVER.id,
)
THERE: Past = [*verified(AUTHORITY, "authority"), (ACCESS, GRANTED)]
ISSUE = IssueApiKey(
    api_key_id=KEY,
    access_id=ACCESS,
    secret_sha256=DIGEST,
    scopes=("read", "act:DraftAuction"),
    expires_at=NOON + 90 * DAY,
)
ISSUED = ApiKeyIssued(
    access_id=ACCESS,
    secret_sha256=DIGEST,
    scopes=("read", "act:DraftAuction"),
    expires_at=NOON + 90 * DAY,
    person_id=HERSELF.id,
    organisation_id=AUTHORITY,
    role="authority.buyer",
    issued_by=HERSELF.id,
)
REVOKE = RevokeApiKey(api_key_id=KEY, reason="The machine was replaced")
REVOKED = ApiKeyRevoked(
    reason="The machine was replaced",
    person_id=HERSELF.id,
    organisation_id=AUTHORITY,
    role="authority.buyer",
    revoked_by=HERSELF.id,
)
HELD: Past = [*THERE, (KEY, ISSUED)]
ACTS = [(THERE, ISSUE), (HELD, REVOKE)]
either = pytest.mark.parametrize(("given", "when"), ACTS, ids=["issue", "revoke"])


def until(day: date | None) -> Past:
    """The same access with another last day."""
    return [*THERE[:-1], (ACCESS, replace(GRANTED, until=day))]


def test_a_key_stands_for_one_access() -> None:
    assert outcome(given=THERE, when=ISSUE, by=HERSELF) == [ISSUED]
    assert World(HELD).streams[KEY] == ApiKey(
        access_id=ACCESS,
        secret_sha256=DIGEST,
        scopes=("read", "act:DraftAuction"),
        expires_at=NOON + 90 * DAY,
        person_id=HERSELF.id,
        organisation_id=AUTHORITY,
        role="authority.buyer",
        issued_by=HERSELF.id,
    )


def test_it_is_revoked() -> None:
    assert outcome(given=HELD, when=REVOKE, by=HERSELF) == [REVOKED]
    known, after = World(HELD).streams[KEY], World([*HELD, (KEY, REVOKED)]).streams[KEY]
    assert isinstance(known, ApiKey)
    assert after == replace(known, revoked=True)


@either
@pytest.mark.parametrize(
    "role", ["authority.buyer", "authority.observer", "supplier.bidder", "auditor"]
)
def test_the_person_does_it_in_whatever_role(given: Past, when: Command, role: Role) -> None:
    assert isinstance(outcome(given=given, when=when, by=replace(HERSELF, role=role)), list)


@either
def test_the_person_may_say_that_it_acts_for_its_organisation(
    given: Past, when: Command
) -> None:
    for_it = replace(HERSELF, on_behalf_of=AUTHORITY)

    assert isinstance(outcome(given=given, when=when, by=for_it), list)


@either
def test_the_person_acts_for_that_organisation_alone(given: Past, when: Command) -> None:
    for other in (
        replace(HERSELF, organisation=SUPPLIER),
        replace(HERSELF, organisation=None),
        replace(HERSELF, on_behalf_of=SUPPLIER),
        replace(HERSELF, role="public"),
        replace(HERSELF, id="person-else"),
    ):
        assert refused(given=given, when=when, by=other) == (
            "role-not-allowed",
            {
                "allowed": "operator, authority.approver, community.lead, supplier.signatory",
                "role": other.role,
            },
        )


@either
def test_who_leads_the_organisation_does_it(given: Past, when: Command) -> None:
    assert outcome(given=given, when=when, by=APPROVER) == [
        replace(ISSUED, issued_by=APPROVER.id)
        if when is ISSUE
        else replace(REVOKED, revoked_by=APPROVER.id)
    ]


@either
def test_who_leads_another_organisation_does_not(given: Past, when: Command) -> None:
    for other in (
        replace(APPROVER, organisation="organisation-auth2"),
        replace(APPROVER, on_behalf_of=SUPPLIER),
        LEAD,
        Actor(id=HERSELF.id, role="supplier.signatory", organisation=SUPPLIER),
    ):
        assert refused(given=given, when=when, by=other) == (
            "not-yours",
            {"organisation": AUTHORITY},
        )


@either
def test_the_operator_does_it(given: Past, when: Command) -> None:
    for operator in (OPERATOR, replace(OPERATOR, on_behalf_of=COMMUNITY)):
        assert outcome(given=given, when=when, by=operator) == [
            replace(ISSUED, issued_by=OPERATOR.id)
            if when is ISSUE
            else replace(REVOKED, revoked_by=OPERATOR.id)
        ]


@either
def test_nobody_else_does_it(given: Past, when: Command) -> None:
    for other in (BUYER, BIDDER, Actor(id="person-a", role="auditor", organisation=AUTHORITY)):
        assert outcome(given=given, when=when, by=other) == "role-not-allowed"


@pytest.mark.parametrize(
    ("organisation", "side", "role"),
    [
        (SUPPLIER, "supplier", "supplier.bidder"),
        (COMMUNITY, "community", "community.confirmer"),
        (EVALUATING, "evaluator", "auditor"),
        (EVALUATING, "evaluator", "witness"),
    ],
)
def test_people_of_every_side_have_keys(organisation: str, side: str, role: Role) -> None:
    granted = replace(GRANTED, organisation_id=organisation, role=role)
    given: Past = [*verified(organisation, side), (ACCESS, granted)]  # type: ignore[arg-type]
    person = replace(HERSELF, role=role, organisation=organisation)

    assert outcome(given=given, when=ISSUE, by=person) == [
        replace(ISSUED, organisation_id=organisation, role=role)
    ]


def test_the_access_is_not_revoked() -> None:
    assert refused(given=[*THERE, (ACCESS, ENDED)], when=ISSUE, by=APPROVER) == (
        "wrong-state",
        {"state": "revoked", "expected": "granted"},
    )


def test_the_access_lasts_until_today_or_later() -> None:
    soon = replace(ISSUE, expires_at=NOON + timedelta(hours=1))

    assert isinstance(outcome(given=until(NOON.date()), when=soon, by=HERSELF), list)
    assert refused(given=until(NOON.date() - DAY), when=soon, by=HERSELF) == (
        "access-over",
        {"until": "2026-03-01", "today": "2026-03-02"},
    )


def test_today_is_the_day_in_the_united_kingdom() -> None:
    first_of_july = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 00:30 in London
    soon = replace(ISSUE, expires_at=first_of_july + timedelta(minutes=1))
    june = until(date(2026, 6, 30))

    assert outcome(given=june, when=soon, by=HERSELF, at=first_of_july) == "access-over"


def test_the_organisation_is_verified_and_not_suspended() -> None:
    claimed: Past = [*registered(AUTHORITY, "authority"), (ACCESS, GRANTED)]
    closed = OrganisationSuspended(reason="Closed", suspended_by="person-a")
    opened = OrganisationReinstated(reason="Open", reinstated_by="person-b")
    suspended: Past = [*THERE, (AUTHORITY, closed)]
    again: Past = [*suspended, (AUTHORITY, opened)]

    for given, state in ((claimed, "registered"), (suspended, "suspended")):
        assert refused(given=given, when=ISSUE, by=HERSELF) == (
            "not-verified",
            {"state": state, "expected": "verified"},
        )
    assert isinstance(outcome(given=again, when=ISSUE, by=HERSELF), list)


def test_no_scope_is_stated_twice() -> None:
    first_twice = replace(ISSUE, scopes=("read", "act", "read"))
    last_twice = replace(ISSUE, scopes=("read", "act:SubmitBid", "act:SubmitBid"))
    all_sorts = replace(ISSUE, scopes=("act:SubmitBid", "act:WithdrawBid", "act", "read"))

    assert refused(given=THERE, when=first_twice, by=HERSELF) == (
        "scope-twice",
        {"scope": "read"},
    )
    assert refused(given=THERE, when=last_twice, by=HERSELF) == (
        "scope-twice",
        {"scope": "act:SubmitBid"},
    )
    assert isinstance(outcome(given=THERE, when=all_sorts, by=HERSELF), list)


def test_a_scope_that_names_no_command_is_well_formed_and_passes() -> None:
    unheard_of = replace(ISSUE, scopes=("act:MoveTheMoon",))

    assert isinstance(outcome(given=THERE, when=unheard_of, by=HERSELF), list)


@pytest.mark.parametrize(
    "scope",
    [
        *("", "Read", "read ", "read\n", "reads", "xact", "act:", "act:read", "act:Ab"),
        *("act:submitBid", "act:Submit-Bid", "act:Bid2", "act:Bíd", "act:A" + "b" * 41),
    ],
)
def test_a_scope_of_another_form_is_malformed(scope: str) -> None:
    with pytest.raises(Malformed, match=r"bad-form at /scopes/0"):
        command_bytes(replace(ISSUE, scopes=(scope,)))


@pytest.mark.parametrize("scope", ["read", "act", "act:Abc", "act:A" + "b" * 40])
def test_a_scope_of_this_form_is_well_formed(scope: str) -> None:
    assert command_bytes(replace(ISSUE, scopes=(scope,)))


def test_a_key_has_one_to_twenty_scopes() -> None:
    many = tuple(f"act:Command{chr(65 + n)}" for n in range(21))

    assert command_bytes(replace(ISSUE, scopes=many[:20]))
    for wrong in ((), many):
        with pytest.raises(Malformed, match="bad-length"):
            command_bytes(replace(ISSUE, scopes=wrong))


def test_it_expires_after_now() -> None:
    at_once = replace(ISSUE, expires_at=NOON)

    assert refused(given=THERE, when=at_once, by=HERSELF) == (
        "key-ends-too-early",
        {"expires_at": "2026-03-02T12:00:00.000000Z", "now": "2026-03-02T12:00:00.000000Z"},
    )
    moment = replace(ISSUE, expires_at=NOON + INSTANT)
    assert isinstance(outcome(given=THERE, when=moment, by=HERSELF), list)


def test_it_expires_within_400_days() -> None:
    longest = replace(ISSUE, expires_at=NOON + 400 * DAY)
    longer = replace(ISSUE, expires_at=NOON + 400 * DAY + INSTANT)

    assert timedelta(days=400) == LONGEST
    assert isinstance(outcome(given=until(None), when=longest, by=HERSELF), list)
    assert refused(given=until(None), when=longer, by=HERSELF) == (
        "key-lasts-too-long",
        {
            "expires_at": "2027-04-06T12:00:00.000001Z",
            "latest": "2027-04-06T12:00:00.000000Z",
        },
    )


@pytest.mark.parametrize(
    ("last_day", "end"),
    [
        (date(2026, 12, 31), datetime(2027, 1, 1, tzinfo=UTC)),
        (date(2026, 6, 30), datetime(2026, 6, 30, 23, tzinfo=UTC)),  # midnight in summer
        (date(2026, 3, 28), datetime(2026, 3, 29, tzinfo=UTC)),  # the night of the change
        (date(2026, 10, 24), datetime(2026, 10, 24, 23, tzinfo=UTC)),
    ],
)
def test_it_ends_with_the_last_day_of_its_access(last_day: date, end: datetime) -> None:
    last = replace(ISSUE, expires_at=end)
    later = replace(ISSUE, expires_at=end + INSTANT)

    assert isinstance(outcome(given=until(last_day), when=last, by=HERSELF), list)
    assert refused(given=until(last_day), when=later, by=HERSELF) == (
        "key-outlasts-access",
        {
            "expires_at": f"{end:%Y-%m-%dT%H:%M:%S}.000001Z",
            "until": last_day.isoformat(),
        },
    )


def test_a_last_day_that_is_the_last_of_all_days_is_no_fault() -> None:
    assert isinstance(outcome(given=until(date.max), when=ISSUE, by=HERSELF), list)


def test_a_secret_serves_one_key_also_when_that_is_revoked() -> None:
    again = replace(ISSUE, api_key_id=OTHER_KEY)
    other = replace(again, secret_sha256="6f" * 32)

    for given in (HELD, [*HELD, (KEY, REVOKED)]):
        assert refused(given=given, when=again, by=HERSELF) == ("secret-taken", {"key": KEY})
        assert isinstance(outcome(given=given, when=other, by=HERSELF), list)
    assert ISSUED.claims() == (Claim(f"api-key-secret:{DIGEST}"),)
    assert ISSUE.claims() == (f"api-key-secret:{DIGEST}",)
    assert REVOKED.claims() == ()


def test_what_it_names_exists_and_the_key_is_new() -> None:
    assert outcome(when=ISSUE, by=OPERATOR) == "not-found"
    assert outcome(given=THERE, when=REVOKE, by=OPERATOR) == "not-found"
    another = replace(ISSUE, secret_sha256="6f" * 32)
    assert outcome(given=HELD, when=another, by=HERSELF) == "already-exists"


def test_a_key_is_revoked_once() -> None:
    assert refused(given=[*HELD, (KEY, REVOKED)], when=REVOKE, by=HERSELF) == (
        "wrong-state",
        {"state": "revoked", "expected": "issued"},
    )


def test_a_key_that_is_over_may_be_revoked() -> None:
    given: Past = [*HELD, (ACCESS, ENDED)]

    assert outcome(given=given, when=REVOKE, by=HERSELF, at=NOON + 500 * DAY) == [REVOKED]


def test_whose_act_it_is_comes_before_all_else() -> None:
    """A stranger learns nothing of the access or the key."""
    ended: Past = [*THERE, (ACCESS, ENDED)]
    gone: Past = [*HELD, (KEY, REVOKED)]

    assert outcome(given=ended, when=ISSUE, by=BUYER) == "role-not-allowed"
    assert outcome(given=gone, when=REVOKE, by=BUYER) == "role-not-allowed"


def states(*, ended: bool = False, revoked: bool = False) -> tuple[ApiKey, Access]:
    """A key and its access."""
    past = [
        *HELD,
        *([(ACCESS, ENDED)] if ended else []),
        *([(KEY, REVOKED)] if revoked else []),
    ]
    world = World(past)
    key, access = world.streams[KEY], world.streams[ACCESS]
    assert isinstance(key, ApiKey)
    assert isinstance(access, Access)
    return key, access


def test_a_key_is_in_force_until_it_expires() -> None:
    key, access = states()

    assert in_force(key, access, NOON)
    assert in_force(key, access, key.expires_at - INSTANT)
    assert not in_force(key, access, key.expires_at)


def test_neither_a_revoked_key_nor_one_for_revoked_access_is_in_force() -> None:
    assert not in_force(*states(revoked=True), NOON)
    assert not in_force(*states(ended=True), NOON)


def test_a_key_is_in_force_to_the_end_of_the_last_day_of_its_access() -> None:
    key, access = states()
    until_march = replace(access, until=date(2026, 3, 31))
    midnight = datetime(2026, 3, 31, 23, tzinfo=UTC)

    assert in_force(key, until_march, midnight - INSTANT)
    assert not in_force(key, until_march, midnight)
    assert in_force(key, replace(access, until=None), midnight)
