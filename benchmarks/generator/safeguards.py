"""Builders for what keeps a procurement fair: reviews, exclusions, corrections; and its end."""

from svx_ledger.domain.auction.events import lot_key
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.award.state import ENDED, Award
from svx_ledger.domain.correction.correctable import CORRECTABLE
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.procurement.events import Finding, Outcome, SupplierFinding

from .people import OPERATOR
from .proposals import Desk, Proposal, builds


@builds("ReviewConflicts", 15)
def review_conflicts(desk: Desk) -> Proposal | None:
    """Judge every declared interest, where that is still to be done."""
    occasion = desk.rng.choice(("before-notice", "declaration", "before-award", "before-award"))
    found = desk.pick(
        Procurement,
        "procurement",
        lambda p: p.phase in {"registered", "published"} and occasion not in p.reviewed_for,
    )
    if found is None:
        return None
    outcomes: tuple[Outcome, ...] = ("none", "none", "none", "mitigated", "live")
    findings = tuple(
        Finding(
            interest_no=interest.interest_no,
            outcome=(outcome := desk.rng.choice(outcomes)),
            measure="takes no part in it" if outcome == "mitigated" else None,
        )
        for interest in found[1].interests
    )
    suppliers = tuple(
        SupplierFinding(supplier_id=supplier, outcome="none")
        for supplier in sorted(found[1].conflicted_suppliers)
    )
    if not suppliers and desk.chance(0.05) and (other := desk.organisation("supplier")):
        suppliers = (SupplierFinding(supplier_id=other, outcome="live"),)
    command = desk.make(
        "ReviewConflicts",
        procurement_id=found[0],
        occasion=occasion,
        findings=findings,
        suppliers=suppliers,
    )
    who = desk.someone(found[1].authority_id, "authority.buyer", "authority.approver")
    return Proposal(command, who)


@builds("ApproveExclusion", 0.3)
def approve_exclusion(desk: Desk) -> Proposal | None:
    """Exclude a supplier about whom that was requested."""
    found = desk.pick(Auction, "auction", lambda a: a.exclusion_requests)
    if found is None:
        return None
    name, auction = found
    command = desk.make(
        "ApproveExclusion",
        auction_id=name,
        supplier_id=desk.rng.choice(sorted(auction.exclusion_requests)),
        award_id=desk.world.holders.get(f"auction-award:{name}"),
    )
    return Proposal(command, desk.someone(auction.authority_id, "authority.approver"))


@builds("RequestCorrection", 1)
def request_correction(desk: Desk) -> Proposal | None:
    """Say what a record says, and what it ought to say."""
    kind = desk.rng.choice(sorted(CORRECTABLE))
    rules = CORRECTABLE[kind]
    found = desk.pick(rules.state, kind)
    if found is None:
        return None
    name, state = found
    owner = rules.owner_of(name, state)
    field = desk.rng.choice(sorted(rules.fields))
    old = rules.said(state, field)
    new = "Another name" if not old[:1].isdigit() else old[:-1] + desk.rng.choice("123456789")
    command = desk.make(
        "RequestCorrection",
        correction_id=desk.new("correction"),
        target_id=name,
        field=field,
        old=old,
        new=new,
    )
    side = getattr(desk.world.states[owner], "side", "authority")
    role = {"authority": "authority.buyer", "supplier": "supplier.signatory"}.get(
        side, "community.lead" if side == "community" else side
    )
    return Proposal(command, desk.someone(owner, role))  # type: ignore[arg-type]  # a role by its text


def finish(desk: Desk, name: str, *, rarely: bool) -> Proposal | None:
    """End a procurement none of whose auctions is under way, or, now and then, any."""
    found = desk.pick(Procurement, "procurement", lambda p: p.phase == "published")
    if found is None:
        return None
    lots = tuple(found[1].lots)
    holders = (desk.world.holders.get(lot_key(found[0], lot)) for lot in lots)
    auctions = tuple(holder for holder in holders if holder is not None)
    states = [desk.world.states[auction] for auction in auctions]
    over = all(isinstance(state, Auction) and state.concluded for state in states)
    if rarely and not (over and states) and not desk.chance(0.02):
        return None
    command = desk.make(name, procurement_id=found[0], lots=lots, auctions=auctions)
    return Proposal(command, desk.someone(found[1].authority_id, "authority.buyer"))


@builds("CompleteProcurement", 1)
def complete_procurement(desk: Desk) -> Proposal | None:
    """State that a procurement is over where all its lots led to contracts, or seem to."""
    return finish(desk, "CompleteProcurement", rarely=True)


@builds("TerminateProcurement", 0.15)
def terminate_procurement(desk: Desk) -> Proposal | None:
    """End a procurement without its contract: mostly one that has no auction."""
    return finish(desk, "TerminateProcurement", rarely=False)


@builds("SetAsideAward", 0.3)
def set_aside_award(desk: Desk) -> Proposal | None:
    """Put on record that a court set an award aside, in proceedings of which it was told."""
    found = desk.pick(Award, "award", lambda a: a.proceedings and a.phase not in ENDED)
    if found is None:
        return None
    court_ref = desk.rng.choice(sorted(found[1].proceedings))
    command = desk.make("SetAsideAward", award_id=found[0], court_ref=court_ref)
    who = desk.someone(found[1].authority_id, "authority.approver", "authority.buyer")
    return Proposal(command, who)


@builds("EraseSubject", 0.5)
def erase_subject(desk: Desk) -> Proposal | None:
    """Erase a private text that a record commits to, because the law asks for it."""
    kind = desk.rng.choice(("organisation", "procurement", "award", "pledge"))
    found = desk.pick(object, kind, lambda state: getattr(state, "private", ()))
    if found is None:
        return None
    kept = sorted(getattr(found[1], "private", ()))
    command = desk.make(
        "EraseSubject",
        stream=found[0],
        commitments=(desk.rng.choice(kept),),
        basis=desk.rng.choice(("court-order", "data-subject-request", "retention")),
        contract_id=None,
    )
    return Proposal(command, OPERATOR)
