"""What a check of a ledger's own rows came to, in lines for a person."""

from .policy import Trusted
from .telling import not_proven_lines, shown, vouched_lines
from .verify_rows import RowsCheck


def rows_lines(done: RowsCheck, trusted: Trusted, heads: int, *, dated: bool) -> list[str]:
    """Tell that the rows of a ledger are those of its published log.

    It goes on from so many earlier `heads`; `dated` says whether any head was cosigned.
    """
    head = trusted.checkpoint
    proven = (
        "every record is the one that was signed, in its place, and its row says what it says"
    )
    unproven = [
        "that what the records say is true, or follows the rules: the audit checks the rules",
        "that there never was an event above this head that was cut off",
    ]
    if done.above:
        unproven.append(f"the {done.above} rows above this head, which only follow each other")
    if not dated:
        unproven.append("when events were recorded: there is no cosigned head")
    return [
        f"verified: {done.rows} rows of {shown(head.origin)}, {head.size} of them signed",
        *vouched_lines(trusted),
        f"  held to {heads} heads that were kept",
        f"  private texts: {done.opened} as committed to",
        f"  private texts: {done.erased} included, content erased",
        f"proven: {proven}.",
        *not_proven_lines(unproven),
    ]
