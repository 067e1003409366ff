"""What stands around the events: command ids, digests, numbers, times, who acts."""

from datetime import timedelta
from typing import Any

from tests.audit.breach import Place, breach
from tests.audit.forging import Draft
from tests.audit.history import Edit, Fact

ESTATES = "auction-estates"
SECOND = timedelta(seconds=1)


def _command(**said: Any) -> Edit:
    """Let the envelope say something else of its command."""
    return lambda plain: plain["command"].update(said)


@breach("time-backwards")
def time_runs_backwards(draft: Draft) -> Fact:
    first, second = draft.find("SubmitBid", ESTATES, 1), draft.find("SubmitBid", ESTATES, 2)
    first.at = second.at + SECOND
    return second.first


@breach("time-backwards")
def time_stands_still(draft: Draft) -> Fact:
    first, second = draft.find("RegisterOrganisation"), draft.find("VerifyOrganisation")
    second.at = first.at
    return second.first


@breach("time-of-a-command")
def one_command_at_two_times(draft: Draft) -> Fact:
    told = draft.find("CloseAuction", ESTATES)
    told.facts[1].at = told.at + SECOND
    return told.facts[1]


@breach("command-digest")
def command_digest_of_another_command(draft: Draft) -> Fact:
    told = draft.find("SubmitBid", ESTATES, 1)
    told.sha256 = draft.find("SubmitBid", ESTATES, 2).sha256
    return told.first


@breach("command-digest")
def lines_altered_under_the_same_digest(draft: Draft) -> Fact:
    """What the bidder asked for is not what its record says."""
    told = draft.find("InviteSupplier", ESTATES, 1)
    told.digested = True
    qualify = draft.find("QualifySupplier", ESTATES)
    qualify.digested = True
    return qualify.first.set(basis="Another basis")


@breach("command-incomplete")
def number_in_a_command_wrong(draft: Draft) -> Fact:
    told = draft.find("CloseAuction", ESTATES)
    told.facts[1].edit = _command(n=3)
    return told.facts[1]


@breach("command-incomplete")
def event_dropped_from_a_command(draft: Draft) -> Place:
    told = draft.find("CloseAuction", ESTATES)
    told.of = len(told.facts)
    told.facts.pop()
    return told.first


@breach("command-incomplete")
def events_of_a_command_swapped(draft: Draft) -> Fact:
    told = draft.find("EnterContract", "contract-estates")
    one, other = told.facts[2], told.facts[4]
    told.facts[2], told.facts[4] = other, one
    other.edit, one.edit = _command(n=5), _command(n=3)
    return other


@breach("command-repeated")
def command_id_used_twice(draft: Draft) -> Fact:
    first, second = draft.find("SubmitBid", ESTATES, 0), draft.find("SubmitBid", ESTATES, 4)
    assert first.actor == second.actor
    second.id = first.id
    return second.first


@breach("unknown-type")
def command_of_an_unknown_type(draft: Draft) -> Fact:
    told = draft.find("OpenAuction", ESTATES)
    told.command = "OpenEverything"
    return told.first


@breach("unknown-type")
def command_of_another_type(draft: Draft) -> Fact:
    told = draft.find("OpenAuction", ESTATES)
    told.command = "SubmitBid"
    return told.first
