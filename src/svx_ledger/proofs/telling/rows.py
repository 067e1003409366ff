"""What a check of a ledger's own rows came to, in lines for a person."""

from svx_ledger.proofs.checks.each_row import Counts
from svx_ledger.proofs.checks.rows import RowsCheck
from svx_ledger.proofs.notes.policy import Trusted

from .log import not_proven_lines, shown, vouched_lines


def rows_lines(
    done: RowsCheck, trusted: Trusted, *, address: str, heads: str, dated: bool
) -> list[str]:
    """Tell that the rows of the ledger at an address are those of its published log.

    `heads` says from which earlier ones it goes on, `dated` whether any head was cosigned.
    """
    head = trusted.checkpoint
    proven = (
        "every record is the one that was signed, in its place, and its row says what it says"
    )
    unproven = [
        "that what the records say is true, or follows the rules: the audit checks the rules",
        "that there never was an event above this head that was cut off",
    ]
    if done.counts.above:
        above = f"the {done.counts.above} rows above this head"
        unproven.append(f"{above}, which only follow each other")
    if not dated:
        unproven.append("when events were recorded: there is no cosigned head")
    signed = f"{head.size} of them signed, in {shown(address)}"
    return [
        f"verified: {done.counts.rows} rows of {shown(head.origin)}, {signed}",
        *vouched_lines(trusted),
        f"  held to {heads}",
        f"  private texts: {_texts(done.counts)}",
        f"proven: {proven}.",
        *not_proven_lines(unproven),
    ]


def _texts(counts: Counts) -> str:
    kept = [f"{counts.opened} as committed to"] if counts.opened else []
    erased = [f"{counts.erased} included, content erased"] if counts.erased else []
    return ", ".join(kept + erased) or "none"
