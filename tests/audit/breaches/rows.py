"""The other tables: outcomes of commands, unique keys, private texts."""

from collections.abc import Callable

from svx_ledger.eventlog.private_fields import PrivateRow
from svx_ledger.eventlog.store import ClaimRow, OutcomeRow
from tests.audit.breach import Place, breach
from tests.audit.forging import Draft
from tests.audit.history import Fact, Told
from tests.audit.tables import Tables

ESTATES = "auction-estates"
KEY = "lot-auction:procurement-estates/1"


def _outcome(
    draft: Draft, told: Told, change: Callable[[OutcomeRow], OutcomeRow | None]
) -> Fact:
    """Let the row that tells what became of a command say something else, or be gone."""

    def spoil(tables: Tables) -> None:
        key = told.actor.principal, told.id
        changed = (change(row) if row[:2] == key else row for row in tables.outcomes)
        tables.outcomes = [row for row in changed if row is not None]

    draft.later.append(spoil)
    return told.first


@breach("outcomes-differ")
def outcome_missing(draft: Draft) -> Fact:
    return _outcome(draft, draft.find("OpenAuction", ESTATES), lambda _: None)


@breach("outcomes-differ")
def outcome_at_other_positions(draft: Draft) -> Fact:
    told = draft.find("CloseAuction", ESTATES)
    return _outcome(draft, told, lambda row: row._replace(last_position=row.first_position))


@breach("outcomes-differ")
def outcome_of_another_command(draft: Draft) -> Fact:
    told = draft.find("OpenAuction", ESTATES)
    return _outcome(draft, told, lambda row: row._replace(sha256="0" * 64))


@breach("outcomes-differ")
def outcome_of_another_person(draft: Draft) -> Fact:
    told = draft.find("OpenAuction", ESTATES)
    other = "authority.buyer:organisation-fenmarsh/person-fenmarsh-buyer"
    return _outcome(draft, told, lambda row: row._replace(principal=other))


@breach("outcomes-differ")
def outcome_of_the_clock_missing(draft: Draft) -> Fact:
    return _outcome(draft, draft.find("CloseAuction", ESTATES), lambda _: None)


@breach("outcomes-differ")
def outcome_that_says_refused(draft: Draft) -> Fact:
    refused = '{"facts":{},"rule":"wrong-state"}'
    return _outcome(
        draft,
        draft.find("OpenAuction", ESTATES),
        lambda row: row._replace(first_position=None, last_position=None, refusal=refused),
    )


@breach("outcomes-differ")
def outcome_of_a_command_that_never_was(draft: Draft) -> Fact:
    told = draft.find("OpenAuction", ESTATES)

    def spoil(tables: Tables) -> None:
        at = told.first.position
        tables.outcomes.append(
            OutcomeRow(told.actor.principal, "never-given", "0" * 64, at, at, None)
        )

    draft.later.append(spoil)
    return told.first


@breach("outcomes-differ")
def refusal_under_a_rule_that_nobody_has(draft: Draft) -> Place:
    def spoil(tables: Tables) -> None:
        refused = '{"facts":{},"rule":"bad-luck"}'
        row = OutcomeRow("operator:/person-operator", "unlucky", "0" * 64, None, None, refused)
        tables.outcomes.append(row)

    draft.later.append(spoil)
    return lambda: 0


def _claim(draft: Draft, change: Callable[[ClaimRow], ClaimRow | None]) -> Fact:
    """Let the row by which the estates' lot is held say something else, or be gone."""

    def spoil(tables: Tables) -> None:
        changed = (change(row) if row.key == KEY else row for row in tables.claims)
        tables.claims = [row for row in changed if row is not None]

    draft.later.append(spoil)
    return draft.find("DraftAuction", ESTATES).first


@breach("claims-differ")
def claim_missing(draft: Draft) -> Fact:
    return _claim(draft, lambda _: None)


@breach("claims-differ")
def claim_held_by_another(draft: Draft) -> Fact:
    return _claim(draft, lambda row: row._replace(stream="auction-catering"))


@breach("claims-differ")
def claim_freed_without_an_event(draft: Draft) -> Fact:
    opened = draft.find("OpenAuction", ESTATES).first
    draft.later.append(
        lambda tables: tables.claims.append(ClaimRow(KEY, opened.position, None))
    )
    return opened


@breach("claims-differ")
def deadline_missing_from_the_claims(draft: Draft) -> Fact:
    """The auction would never be closed by the ticker, which looks here."""
    opened = draft.find("OpenAuction", ESTATES).first

    def spoil(tables: Tables) -> None:
        due = f"due:{ESTATES}"
        tables.claims = [row for row in tables.claims if row.key != due]

    draft.later.append(spoil)
    return opened


def _private(draft: Draft, change: Callable[[PrivateRow], PrivateRow]) -> Fact:
    def spoil(tables: Tables) -> None:
        tables.private = [change(row) for row in tables.private]

    draft.later.append(spoil)
    return _kept(draft)


def _kept(draft: Draft) -> Fact:
    """The record of the one private text that was not erased."""
    (commitment,) = draft.texts
    return next(
        fact
        for told in draft.told
        for fact in told.facts
        if (content := getattr(fact.event, "content", None))
        and content.commitment == commitment
    )


@breach("private-text-altered")
def private_text_altered(draft: Draft) -> Fact:
    return _private(draft, lambda row: row._replace(payload=b"What nobody wrote"))


@breach("private-text-altered")
def private_salt_altered(draft: Draft) -> Fact:
    return _private(draft, lambda row: row._replace(salt=bytes(32)))


@breach("private-text-altered")
def private_text_of_another_field(draft: Draft) -> Fact:
    return _private(draft, lambda row: row._replace(field="contact"))


@breach("private-text-kept")
def private_text_kept_after_its_erasure(draft: Draft) -> Fact:
    """The erased text stands in the table still, under its commitment."""
    told = draft.find("EraseSubject")
    (commitment,) = told.first.event.erases()
    (kept,) = draft.texts.values()
    back = kept._replace(commitment=commitment)
    draft.later.append(lambda tables: tables.private.append(back))
    return told.first


@breach("private-text-missing")
def private_text_gone_without_an_erasure(draft: Draft) -> Fact:
    draft.later.append(lambda tables: tables.private.clear())
    return _kept(draft)


@breach("private-text-unfounded")
def private_text_that_no_record_committed_to(draft: Draft) -> Place:
    def spoil(tables: Tables) -> None:
        tables.private.append(tables.private[0]._replace(commitment="0" * 64))

    draft.later.append(spoil)
    return lambda: 0


@breach("claims-differ")
def claim_of_a_key_that_no_event_took(draft: Draft) -> Fact:
    """It would keep the organisation of that number out for ever."""
    opened = draft.find("OpenAuction", ESTATES).first
    key = "identifier:GB-COH/99999999"
    draft.later.append(
        lambda tables: tables.claims.append(ClaimRow(key, opened.position, ESTATES))
    )
    return opened


@breach("claims-differ")
def claim_of_an_event_to_come(draft: Draft) -> Place:
    at = 10**6

    def spoil(tables: Tables) -> None:
        tables.claims.append(ClaimRow("identifier:GB-COH/99999999", at, ESTATES))

    draft.later.append(spoil)
    return lambda: at


@breach("outcomes-differ")
def refusal_that_is_no_refusal(draft: Draft) -> Place:
    def spoil(tables: Tables) -> None:
        row = OutcomeRow("operator:/person-operator", "odd", "0" * 64, None, None, "no")
        tables.outcomes.append(row)

    draft.later.append(spoil)
    return lambda: 0
