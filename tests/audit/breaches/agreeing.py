"""What two people agreed before anybody bid: proxies, needs, rules, sealed scores."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from svx_ledger.domain.auction.events import (
    AssessmentSealed,
    AuctionDrafted,
    AuctionNeedAdded,
    AuctionRulesFrozen,
    SupplierInvited,
)
from svx_ledger.domain.award.events import AssessmentRanked
from svx_ledger.domain.digest import digest
from svx_ledger.domain.proxies import Proxy, ProxyAdded, ProxySetAdopted
from tests.audit.breach import breach
from tests.audit.forging import Draft
from tests.audit.history import Fact

ESTATES = "auction-estates"
PROCUREMENT = "procurement-estates"
HOUR = timedelta(hours=1)


def dearer(fact: Fact) -> Proxy:
    """Let one unit be worth a penny more."""
    assert isinstance(fact.event, ProxyAdded)
    proxy = fact.event.proxy
    proxy = replace(proxy, pounds_per_unit=proxy.pounds_per_unit + Decimal("0.01"))
    fact.set(proxy=proxy)
    return proxy


@breach("proxy-set-adopted.sha256")
def proxy_altered(draft: Draft) -> Fact:
    dearer(draft.fact(ProxyAdded))
    return draft.fact(ProxySetAdopted)


@breach("auction-rules-frozen.needs")
def proxy_altered_with_its_digest(draft: Draft) -> Fact:
    """The table agrees with itself; what the first auction froze of it does not."""
    told = draft.find("AdoptProxySet")
    for fact in told.facts[:-1]:
        dearer(fact)
    lines = [fact.event for fact in told.facts[:-1]]
    proxies = tuple(line.proxy for line in lines if isinstance(line, ProxyAdded))
    told.fact(ProxySetAdopted).set(sha256=digest(proxies))
    return draft.fact(AuctionRulesFrozen)


@breach("proxy-set-adopted.count")
def proxy_set_with_another_count(draft: Draft) -> Fact:
    fact = draft.fact(ProxySetAdopted)
    assert isinstance(fact.event, ProxySetAdopted)
    return fact.set(count=fact.event.count + 1)


@breach("auction-rules-frozen.rules_sha256")
def terms_altered_after_the_freeze(draft: Draft) -> Fact:
    """The draft says another reserve than the one that two people froze."""
    fact = draft.fact(AuctionDrafted, ESTATES)
    assert isinstance(fact.event, AuctionDrafted)
    fact.set(terms=replace(fact.event.terms, reserve_pence=0))
    return draft.fact(AuctionRulesFrozen, ESTATES)


@breach("auction-rules-frozen.needs")
def cap_raised_in_the_freeze(draft: Draft) -> Fact:
    fact = draft.fact(AuctionRulesFrozen, ESTATES)
    assert isinstance(fact.event, AuctionRulesFrozen)
    first, *others = fact.event.needs
    raised = replace(first, cap=first.cap + 1)
    return fact.set(needs=(raised, *others))


@breach("auction-need-added.outstanding")
def need_listed_with_more_than_is_outstanding(draft: Draft) -> Fact:
    fact = draft.fact(AuctionNeedAdded, ESTATES)
    assert isinstance(fact.event, AuctionNeedAdded)
    return fact.set(outstanding=fact.event.outstanding + 1)


@breach("auction-need-added-missing")
def need_listed_on_its_own_stream_only(draft: Draft) -> Fact:
    told = draft.find("ListNeed", ESTATES)
    told.facts.remove(told.fact(AuctionNeedAdded))
    return told.first


@breach("need-listed-already")
def need_listed_in_two_auctions(draft: Draft) -> Fact:
    """Cleaning lists what the estates have reserved, as if they had not."""
    honest = draft.find("ListNeed", ESTATES)
    cleaning = draft.find("DraftAuction", "auction-cleaning")
    again = draft.copy(honest)
    listed, added = again.facts
    listed.set(auction_id="auction-cleaning")
    added.stream = "auction-cleaning"
    again.actor = cleaning.actor
    return draft.put(again, after=cleaning, at=cleaning.at + HOUR / 120).first


@breach("notice-too-short")
def auction_scheduled_too_late(draft: Draft) -> Fact:
    told = draft.find("ScheduleAuction", ESTATES)
    sealed = draft.find("SealAssessment", ESTATES)
    draft.drop(sealed)
    draft.move(told, after=draft.before(draft.find("OpenAuction", ESTATES)))
    draft.put(sealed, after=told, at=told.at + timedelta(microseconds=1))
    return told.first


@breach("wrong-state")
def assessment_sealed_again_after_the_opening(draft: Draft) -> Fact:
    opened = draft.find("OpenAuction", ESTATES)
    again = draft.copy(draft.find("SealAssessment", ESTATES))
    _raised(again.first)
    return draft.put(again, after=opened).first


@breach("assessment-ranked.ranking")
def assessment_altered_after_the_opening(draft: Draft) -> Fact:
    """The sealed record itself is another one; what was ranked by it tells."""
    _raised(draft.fact(AssessmentSealed, ESTATES))
    return draft.fact(AssessmentRanked, "award-estates")


def _raised(fact: Fact) -> None:
    """Let one tender's quality be a point better."""
    assert isinstance(fact.event, AssessmentSealed)
    *others, last = fact.event.scores
    better = replace(last, quality=last.quality + 1)
    fact.set(scores=(*others, better))


@breach("score-above-weight")
def tender_scored_above_the_weight(draft: Draft) -> Fact:
    fact = draft.fact(AssessmentSealed, ESTATES)
    assert isinstance(fact.event, AssessmentSealed)
    *others, last = fact.event.scores
    return fact.set(scores=(*others, replace(last, quality=Decimal(41))))


@breach("not-each-tender")
def tender_left_out_of_the_assessment(draft: Draft) -> Fact:
    fact = draft.fact(AssessmentSealed, ESTATES)
    assert isinstance(fact.event, AssessmentSealed)
    return fact.set(scores=fact.event.scores[:-1])


@breach("wrong-state")
def opening_without_a_sealed_assessment(draft: Draft) -> Fact:
    draft.drop(draft.find("SealAssessment", ESTATES))
    return draft.find("OpenAuction", ESTATES).first


@breach("supplier-invited.connected_to")
def tie_between_bidders_left_out(draft: Draft) -> Fact:
    """Wrenfold and Harle are connected, and both are invited: the second is flagged."""
    fact = draft.fact(SupplierInvited, "auction-cleaning", 2)
    assert isinstance(fact.event, SupplierInvited)
    assert fact.event.connected_to
    return fact.set(connected_to=None)


@breach("lot-taken")
def same_lot_auctioned_twice(draft: Draft) -> Fact:
    told = draft.find("DraftAuction", ESTATES)
    again = draft.copy(told)
    again.first.stream = "auction-estatestwice"
    return draft.put(again, after=draft.find("InviteSupplier", ESTATES)).first


@breach("ocid-taken")
def ocid_registered_twice(draft: Draft) -> Fact:
    told = draft.find("RegisterProcurement", "procurement-catering")
    known = draft.find("RegisterProcurement", PROCUREMENT).first.event
    return told.first.set(ocid=known.ocid)  # type: ignore[attr-defined]


@breach("weight-differs")
def another_weight_than_announced(draft: Draft) -> Fact:
    fact = draft.fact(AuctionDrafted, ESTATES)
    assert isinstance(fact.event, AuctionDrafted)
    terms = fact.event.terms
    return fact.set(
        terms=replace(terms, social_value_weight=Decimal(11), price_weight=Decimal(49))
    )


@breach("conflicts-unreviewed")
def notice_before_the_review(draft: Draft) -> Fact:
    draft.drop(draft.find("ReviewConflicts", "procurement-catering"))
    return draft.find("PublishTenderNotice", "procurement-catering").first


@breach("notice-in-the-future")
def tender_notice_dated_in_the_future(draft: Draft) -> Fact:
    fact = draft.find("PublishTenderNotice", PROCUREMENT).first
    published = fact.event.published_on  # type: ignore[attr-defined]
    return fact.set(published_on=published + timedelta(days=1))
