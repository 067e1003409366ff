"""Attacks on the rows of the database, while the published log stays as it is."""

from .attack import Attack
from .case import Honest
from .checks import (
    AUDIT,
    DATABASE,
    GUARD,
    LOG,
    LOST,
    RECEIPT,
    REMEMBERED,
    WITNESSED,
    Caught,
    Check,
)
from .row_attacks import (
    backdate,
    below_the_first,
    delete,
    delete_and_close_the_gap,
    delete_with_care,
    duplicate,
    duplicate_at_the_end,
    edit,
    erase,
    erase_and_restore,
    flip,
    from_another_ledger,
    insert,
    other_outcome,
    other_text,
    relabel_stream,
    relabel_stream_in_the_record,
    relabel_type,
    reorder,
    swap_streams,
    text_gone,
    truncate,
    victim,
)

READERS: tuple[Check, ...] = (LOG, WITNESSED, REMEMBERED)
"""Whoever only looks at the published log."""


def _private_leaf(honest: Honest) -> int:
    return honest.find("organisation-registered.v1") - 1


def _by_rows(at: str = "the altered row's") -> Caught:
    return Caught(DATABASE, "SVX101", at=at, leaf=victim)


ON_ROWS = (
    Attack(
        name="edit",
        does="alters a bid by a penny, as good JSON",
        do=edit,
        caught=(_by_rows(), Caught(LOST, "lost", 0, "the receipt's", victim)),
        missed=(*READERS, RECEIPT),
    ),
    Attack(
        name="flip a bit of a record",
        does="flips one bit of a stored record",
        do=flip,
        caught=(_by_rows(),),
        missed=READERS,
    ),
    Attack(
        name="delete",
        does="takes out one row",
        do=delete,
        caught=(_by_rows("the missing row's"),),
        missed=READERS,
    ),
    Attack(
        name="delete, and close the gap",
        does="takes out one row, and moves all rows behind it up by one",
        do=delete_and_close_the_gap,
        caught=(_by_rows("the missing row's"),),
        missed=READERS,
    ),
    Attack(
        name="delete, and write the rest again",
        does="the same, with positions, versions and links of all later records made to fit",
        do=delete_with_care,
        caught=(_by_rows("the missing row's"),),
        missed=READERS,
    ),
    Attack(
        name="insert",
        does="puts a bid in between, and makes all later records fit",
        do=insert,
        caught=(_by_rows("the inserted row's"),),
        missed=READERS,
    ),
    Attack(
        name="reorder",
        does="lets two neighbours change places",
        do=reorder,
        caught=(_by_rows("the first of the two"),),
        missed=READERS,
    ),
    Attack(
        name="duplicate",
        does="puts a copy of a record in the place of the next one",
        do=duplicate,
        caught=(_by_rows("the copy's"),),
        missed=READERS,
    ),
    Attack(
        name="duplicate, above the signed head",
        does="puts a copy of a record at the end, where nothing is signed yet",
        do=duplicate_at_the_end,
        caught=(Caught(DATABASE, "SVX101", at="the copy's", leaf=lambda honest: honest.size),),
        missed=READERS,
    ),
    Attack(
        name="swap between streams",
        does="lets a bid and a record of another stream say each other's stream and version",
        do=swap_streams,
        caught=(
            Caught(
                DATABASE,
                "SVX101",
                at="the first of the two",
                leaf=lambda honest: honest.find("need-listed.v1") - 1,
            ),
        ),
        missed=READERS,
    ),
    Attack(
        name="relabel the type",
        does="changes the type in the row, not in the record",
        do=relabel_type,
        caught=(_by_rows("the row's"),),
        missed=READERS,
    ),
    Attack(
        name="relabel the stream",
        does="changes the stream in the row, not in the record",
        do=relabel_stream,
        caught=(_by_rows("the row's"),),
        missed=READERS,
    ),
    Attack(
        name="relabel the stream in the record",
        does="changes the stream in the row and in the record",
        do=relabel_stream_in_the_record,
        caught=(_by_rows("the row's"),),
        missed=READERS,
    ),
    Attack(
        name="backdate",
        does="gives a bid another time",
        do=backdate,
        caught=(_by_rows("the row's"),),
        missed=READERS,
    ),
    Attack(
        name="move between ledgers",
        does="puts the record in its place that another ledger has there",
        do=from_another_ledger,
        caught=(_by_rows("the row's"),),
        missed=READERS,
    ),
    Attack(
        name="truncate below a signed head",
        does="cuts off the newest rows",
        do=truncate,
        caught=(
            Caught(DATABASE, "SVX103", at="the first that is missing", leaf=victim),
            Caught(GUARD, "records, and the log has", 3),
        ),
        missed=READERS,
    ),
    Attack(
        name="alter a private text",
        does="changes a text that is kept apart from its record",
        do=other_text,
        caught=(Caught(DATABASE, "SVX106", at="its record's", leaf=_private_leaf),),
        missed=READERS,
    ),
    Attack(
        name="take a private text away",
        does="deletes a text without the event that says so",
        do=text_gone,
        caught=(Caught(AUDIT, "private-text-missing", 3, "its record's", _private_leaf),),
        missed=(*READERS, DATABASE),
        why="a proof cannot tell it from a text that was erased",
    ),
    Attack(
        name="erase",
        does="nothing wrong: a text is erased as the law asks for it",
        do=erase,
        missed=(*READERS, RECEIPT, DATABASE, AUDIT),
        why="passes as “included, content erased”",
    ),
    Attack(
        name="bring an erased text back",
        does="restores the table of private texts from before an erasure",
        do=erase_and_restore,
        caught=(Caught(AUDIT, "private-text-kept", 3, "the erasure's", lambda h: h.size),),
        missed=(*READERS, DATABASE),
        why="the text is what was committed to; `erase reapply` takes it away again",
    ),
    Attack(
        name="a row at a position that there is not",
        does="puts a bid at position 0, as the next one of its auction",
        do=below_the_first,
        caught=(
            Caught(DATABASE, "SVX101", at="none: before the first", leaf=lambda _: -1),
            Caught(AUDIT, "position-gap", 3, "none: before the first", lambda _: -1),
        ),
        missed=READERS,
    ),
    Attack(
        name="alter an outcome",
        does="lets a command that was carried out have been refused",
        do=other_outcome,
        caught=(Caught(AUDIT, "outcomes-differ", 3, "the command's", victim),),
        missed=(*READERS, DATABASE),
        why="outcomes follow from the log and are not in it",
    ),
)
