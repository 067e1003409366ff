"""Whether the terms of an auction are complete and agree with themselves."""

from datetime import timedelta
from itertools import pairwise
from typing import Final

from svx_ledger.domain.assessment import Band
from svx_ledger.domain.rule import Refusal, Rule

from .terms import AuctionTerms, Basis, Increment, least_of

TERMS_TIMES = Rule(
    "terms-times",
    "An auction opens before it closes and closes no later than its hard stop.",
    "Put opens_at before closes_at, and closes_at not after hard_stop.",
)
LONGEST: Final = timedelta(days=366)
TERMS_LENGTH = Rule(
    "terms-length",
    "The hard stop is at most 366 days after the auction opens.",
    "Put hard_stop, and closes_at with it, within 366 days of opens_at.",
)
TERMS_WEIGHTS = Rule(
    "terms-weights",
    "The weights of social value, price and quality sum to 100.",
    "Mend the weights.",
)
TERMS_INCREMENT = Rule(
    "terms-increment",
    "The increment states the one amount of its kind, more than zero.",
    "Give `pence`, `percent` or `points`, as the kind says, and only that.",
)
TERMS_BASIS = Rule(
    "terms-basis",
    "What a bid must reach is stated in what bids are compared by.",
    "With points, give `reserve_points`, a `reserve_pence` of 0 and no increment in pence; "
    "with pounds, no reserve and no increment in points.",
)
TERMS_SINGLE = Rule(
    "terms-single",
    "Where each bidder has one bid, nothing of it shows and no bid extends the auction.",
    "Set the visibility to `rank` and the extensions to at most 0.",
)
TERMS_SCORE = Rule(
    "terms-score",
    "The score of social value comes with what its formula takes, and nothing else.",
    "Give a target above zero, in the basis, with `share-of-target`, bands with `banded`.",
)
TERMS_BANDS = Rule(
    "terms-bands",
    "Bands rise from above zero, in score and in points, up to the weight at most.",
    "State each band in the basis, a higher score and more points than the one before.",
)
TERMS_OUTAGE = Rule(
    "terms-outage",
    "An outage rule says all of what happens, after how long, and within which time.",
    "Give all three or none, with fewer seconds of outage than the time that counts.",
)


def fault_in(terms: AuctionTerms) -> Refusal | None:
    """Return what is wrong with the terms as such.

    - An auction opens before it closes and closes no later than its hard stop.
    - The hard stop is at most 366 days after it opens, so that no pause can move the close
      out of the calendar.
    - The weights sum to 100.
    - The increment states the one amount of its kind, more than zero.
    - Reserve and increment are in what bids are compared by.
    - Where each bidder has one bid, nothing of it shows and no bid extends the auction.
    - The score of social value comes with what its formula takes.
    - Bands rise from above zero, in score and in points, up to the weight at most.
    - An outage rule is complete, and can be met.
    """
    if not terms.opens_at < terms.closes_at <= terms.soft_close.hard_stop:
        return TERMS_TIMES.refuse()
    if terms.soft_close.hard_stop - terms.opens_at > LONGEST:
        return TERMS_LENGTH.refuse(most_days=LONGEST.days)
    points = terms.social_value_weight + terms.price_weight + terms.quality_weight
    if points != 100:
        return TERMS_WEIGHTS.refuse(sum_points=points)
    return (
        _fault_in_increment(terms.increment)
        or _fault_in_basis(terms)
        or _fault_in_single(terms)
        or _fault_in_score(terms)
        or _fault_in_outage(terms)
    )


def _fault_in_increment(increment: Increment) -> Refusal | None:
    amounts = {
        "pence": increment.pence,
        "percent": increment.percent,
        "points": increment.points,
    }
    stated = amounts.pop(increment.kind)
    if not stated or any(other is not None for other in amounts.values()):
        return TERMS_INCREMENT.refuse(kind=increment.kind)
    return None


def _fault_in_basis(terms: AuctionTerms) -> Refusal | None:
    in_points = terms.basis == "points"
    kind = terms.increment.kind
    wrong_increment = kind == ("pence" if in_points else "points")
    wrong_reserve = (terms.reserve_points is not None) != in_points
    if wrong_increment or wrong_reserve or (in_points and terms.reserve_pence):
        return TERMS_BASIS.refuse(basis=terms.basis)
    return None


def _fault_in_single(terms: AuctionTerms) -> Refusal | None:
    if terms.mode == "single" and (terms.visibility == "open" or terms.soft_close.at_most):
        return TERMS_SINGLE.refuse(
            visibility=terms.visibility, extensions=terms.soft_close.at_most
        )
    return None


def _fault_in_score(terms: AuctionTerms) -> Refusal | None:
    formula = terms.social_value_score
    target, other = (
        (terms.target_pence, terms.target_points)
        if terms.basis == "pounds"
        else (terms.target_points, terms.target_pence)
    )
    wrong_target = not target if formula == "share-of-target" else target is not None
    if wrong_target or other is not None or (formula == "banded") != (terms.bands is not None):
        return TERMS_SCORE.refuse(formula=formula, basis=terms.basis)
    bands = terms.bands or ()
    rising = all(
        least_of(lower, terms.basis) < least_of(higher, terms.basis)
        and lower.points < higher.points
        for lower, higher in pairwise(bands)
    )
    in_order = rising and all(_in_basis(band, terms.basis) for band in bands)
    if not in_order or any(band.points > terms.social_value_weight for band in bands):
        return TERMS_BANDS.refuse(weight_points=terms.social_value_weight)
    return None


def _in_basis(band: Band, basis: Basis) -> bool:
    """Whether a band begins above zero in the basis, and gives something."""
    other = band.at_least_points if basis == "pounds" else band.at_least_pence
    return other is None and least_of(band, basis) > 0 and band.points > 0


def _fault_in_outage(terms: AuctionTerms) -> Refusal | None:
    seconds, minutes = terms.outage_seconds, terms.outage_window_minutes
    if terms.outage is None and seconds is None and minutes is None:
        return None
    if terms.outage is None or seconds is None or minutes is None or seconds >= 60 * minutes:
        return TERMS_OUTAGE.refuse()
    return None
