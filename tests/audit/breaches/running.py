"""While a contract runs: variations, invoices, spend, performance, defaults."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from svx_ledger.domain.contract.events import ContractVaried, VariationRequested, VariedLine
from svx_ledger.domain.contract.running import ContractInvoiceRecorded, KpiSet, PerformanceRated
from svx_ledger.domain.contract.varying import RequestVariation
from svx_ledger.domain.pledge.events import PledgeMaterialised, PledgeVaried
from svx_ledger.domain.pledge.outcomes import PledgeDefaulted, PledgeReleased
from svx_ledger.domain.spend import ExchangeSpendRecorded, InputRecorded
from tests.audit.breach import breach
from tests.audit.forging import Draft
from tests.audit.history import Fact

CONTRACT = "contract-estates"
HUBS = "pledge-c59c86e06aa0f4f1571c47ec6a"
LAPTOPS = "pledge-a35e3bc575b55f90eb6851fe59"
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@breach("varied-below-confirmed")
def variation_below_what_was_confirmed(draft: Draft) -> Fact:
    """Of the laptops 1,000 were confirmed; 999 shall be owed."""
    less = VariedLine(need_id="need-laptops", quantity=Decimal(999))
    approved = draft.find("ApproveVariation", CONTRACT)
    asking = RequestVariation(contract_id=CONTRACT, lines=(less,), ground="Fewer pupils")
    requested = draft.find("RequestVariation", CONTRACT)
    after = draft.before(draft.find("ClaimDelivery", "pledge-c60233245f4fb2d5919d76fba2"))
    asked = draft.give(asking, requested.actor, after=after)
    varied = draft.copy(approved)
    fact = varied.fact(ContractVaried)
    assert isinstance(fact.event, ContractVaried)
    laptops = replace(fact.event.lines[1], quantity_was=Decimal(1000), quantity=Decimal(999))
    fact.set(lines=(laptops,), request_no=2, pledged_pence_was=fact.event.pledged_pence)
    pledge = next(f for f in varied.facts if f.stream == LAPTOPS)
    need = varied.facts[varied.facts.index(pledge) + 1]
    varied.facts = [
        fact,
        pledge.set(quantity_was=Decimal(1000), quantity=Decimal(999)),
        need.set(quantity=Decimal(999)),
    ]
    return draft.put(varied, after=asked).first


@breach("contract-varied.pledged_pence")
def variation_that_sums_wrong(draft: Draft) -> Fact:
    fact = draft.fact(ContractVaried, CONTRACT)
    assert isinstance(fact.event, ContractVaried)
    return fact.set(pledged_pence=fact.event.pledged_pence + 1)


@breach("contract-varied.below_runner_up")
def variation_with_a_false_flag(draft: Draft) -> Fact:
    return draft.fact(ContractVaried, CONTRACT).set(below_runner_up=True)


@breach("pledge-varied.quantity")
def pledge_varied_otherwise_than_agreed(draft: Draft) -> Fact:
    fact = draft.fact(PledgeVaried)
    assert isinstance(fact.event, PledgeVaried)
    return fact.set(quantity=fact.event.quantity - 1)


@breach("need-not-pledged")
def variation_of_a_need_of_another_contract(draft: Draft) -> Fact:
    fact = draft.fact(VariationRequested, CONTRACT)
    assert isinstance(fact.event, VariationRequested)
    first, *others = fact.event.lines
    return fact.set(lines=(replace(first, need_id="need-suppers"), *others))


@breach("other-request")
def variation_approved_by_another_number(draft: Draft) -> Fact:
    return draft.fact(ContractVaried, CONTRACT).set(request_no=2)


@breach("pledge-materialised.quantity")
def rate_pledge_worth_more_than_was_spent(draft: Draft) -> Fact:
    fact = draft.fact(PledgeMaterialised)
    assert isinstance(fact.event, PledgeMaterialised)
    return fact.set(quantity=fact.event.quantity + 1)


@breach("pledge-materialised-missing")
def rate_pledge_left_as_it_was(draft: Draft) -> Fact:
    told = draft.find("RecordContractInvoice")
    last = told.facts.pop()
    assert isinstance(last.event, PledgeMaterialised)
    return told.facts[-1]


@breach("contract-invoice-recorded.spend_pence")
def spend_under_the_contract_summed_wrong(draft: Draft) -> Fact:
    fact = draft.fact(ContractInvoiceRecorded, nth=1)
    assert isinstance(fact.event, ContractInvoiceRecorded)
    return fact.set(spend_pence=fact.event.spend_pence + 1)


@breach("invoiced-already")
def contract_invoice_recorded_twice(draft: Draft) -> Fact:
    first = draft.fact(ContractInvoiceRecorded).event
    assert isinstance(first, ContractInvoiceRecorded)
    return draft.fact(ContractInvoiceRecorded, nth=1).set(invoice=first.invoice)


@breach("role-not-allowed")
def spend_recorded_by_the_operator(draft: Draft) -> Fact:
    return draft.find("RecordExchangeSpend").by(draft.by("person-operator")).first


@breach("not-yours")
def spend_recorded_by_another_authority(draft: Draft) -> Fact:
    return draft.find("RecordExchangeSpend").by(draft.by("person-fenmarsh-buyer")).first


@breach("invoice-taken")
def exchange_invoice_recorded_twice(draft: Draft) -> Fact:
    found = [
        fact
        for told in draft.told
        for fact in told.facts
        if isinstance(fact.event, ExchangeSpendRecorded)
        and fact.event.payer_id == "organisation-marchshire"
    ]
    first = found[0].event
    assert isinstance(first, ExchangeSpendRecorded)
    return found[1].set(invoice=first.invoice)


@breach("nothing-spent")
def spend_of_nothing(draft: Draft) -> Fact:
    return draft.fact(ExchangeSpendRecorded).set(amount_pence=0)


@breach("role-not-allowed")
def input_recorded_by_the_operator(draft: Draft) -> Fact:
    return draft.find("RecordInput").by(draft.by("person-operator")).first


@breach("not-yours")
def input_recorded_for_another(draft: Draft) -> Fact:
    """Brackwater states what Harle & Fenn put in."""
    return draft.fact(InputRecorded, "spend-estateshours").set(payer_id="organisation-harle")


@breach("participation-hidden")
def input_that_tells_who_bids(draft: Draft) -> Fact:
    """Tarnlight's bids for this procurement are hidden, and so is that there are any."""
    fact = draft.fact(InputRecorded, "spend-estateshours")
    signatory = replace(
        draft.by("person-brackwater-signatory"), organisation="organisation-tarnlight"
    )
    told = draft.find("RecordInput", "spend-estateshours").by(signatory)
    assert told.first is fact
    return fact.set(payer_id="organisation-tarnlight", procurement_id="procurement-recovery")


@breach("not-yours")
def kpi_set_by_a_stranger(draft: Draft) -> Fact:
    stranger = draft.by("person-marchshire-contract-manager")
    return draft.find("SetKpi").by(stranger).first


@breach("not-of-this-contract")
def kpi_that_cites_another_contracts_pledge(draft: Draft) -> Fact:
    fact = draft.fact(KpiSet)
    return fact.set(pledges=(HUBS,))


@breach("kpi-not-set")
def performance_rated_by_an_unknown_measure(draft: Draft) -> Fact:
    return draft.fact(PerformanceRated).set(kpi="another")


@breach("not-due")
def default_found_before_it_was_due(draft: Draft) -> Fact:
    fact = draft.fact(PledgeDefaulted)
    assert isinstance(fact.event, PledgeDefaulted)
    return fact.set(as_of=fact.event.due_by)


@breach("pledge-defaulted.quantity_open")
def default_of_less_than_is_open(draft: Draft) -> Fact:
    fact = draft.fact(PledgeDefaulted)
    assert isinstance(fact.event, PledgeDefaulted)
    return fact.set(quantity_open=fact.event.quantity_open - 1)


@breach("pledge-released-missing")
def pledge_of_a_terminated_contract_not_released(draft: Draft) -> Fact:
    told = draft.find("TerminateContract")
    released = told.fact(PledgeReleased)
    following = told.facts[told.facts.index(released) + 1]
    told.facts.remove(released)
    return following
