"""What an operator can do under cover of a restore, with the keys of both logs."""

from typing import Any, Final

from svx_ledger.eventlog.record import Row
from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from tests.proofs.written_log import WrittenLog

from .attack import Attack
from .case import Case, Honest
from .checks import BY_KEY, Caught, Check
from .honest import KEY, ORIGIN
from .raw import Records, rewritten
from .row_attacks import VICTIM

RESTORED_SIZE: Final = 153
"""How many records the backup has."""
UNDERSTATED_SIZE: Final = 200
"""How many published records the operator owns up to, where that is less than all."""
SECOND: Final = SigningKey(f"{ORIGIN}/2", ED25519, bytes([2]) * 32)

_BOTH: Final = ("verify", "epoch", "published", "published-2", *BY_KEY)
_SECOND_KEY: Final = ("--key", SECOND.verifier.text)
EPOCH: Final = Check(
    "`verify epoch --started`",
    "whoever has both logs, and the receipt of the record of the restore",
    (*_BOTH, *_SECOND_KEY, "--started", "started"),
)
EPOCH_UNTOLD: Final = Check("`verify epoch`", "whoever has both logs", (*_BOTH, *_SECOND_KEY))
SECOND_LOG: Final = Check(
    "`verify log`, of the log after a restore",
    "anybody: that log's key",
    ("verify", "log", "published-2", *_SECOND_KEY),
)


def publish_after(case: Case, rows: list[Row], last_size: int | None) -> None:
    """Publish these rows under the next name, after the record of a restore, if there is one.

    That has the head of so many records of the log before, signed with its key.
    """
    told = list(rows)
    if last_size is not None:
        before = _records(case.honest.rows[:last_size])
        head = WrittenLog(case.folder / "before", before, origin=ORIGIN, key=KEY).note()
        told = rewritten(rows, lambda said: said.append(_started(said, head)))
    log = WrittenLog(
        case.folder / "published-2", _records(told), origin=SECOND.name, key=SECOND
    )
    if last_size is not None:
        (case.folder / "started").write_bytes(log.receipt(log.size - 1).data())


def _records(rows: list[Row]) -> list[bytes]:
    return [row.record for row in rows]


def _started(said: Records, head: bytes) -> dict[str, Any]:
    data = {
        "epoch": 2,
        "checkpoint": head.decode().removesuffix("\n").split("\n"),
        "verifier_key": SECOND.verifier.text,
        "reason": "Restored from a copy",
    }
    return said[0] | {"type": "epoch-started.v1", "data": data, "salt": "d" * 32}


def tell(case: Case) -> None:
    """Go on from the backup, and say how much was lost."""
    publish_after(case, case.honest.rows[:RESTORED_SIZE], case.honest.size)


def say_nothing(case: Case) -> None:
    """Go on from the backup under another name, and say nothing."""
    publish_after(case, case.honest.rows[:RESTORED_SIZE], None)


def understate(case: Case) -> None:
    """Go on from the backup, and put an older head on record as the last."""
    publish_after(case, case.honest.rows[:RESTORED_SIZE], UNDERSTATED_SIZE)


def rewrite(case: Case) -> None:
    """Edit a bid in the backup, and put the restore on record as it is."""
    rows = rewritten(case.honest.rows[:RESTORED_SIZE], _edited)
    publish_after(case, rows, case.honest.size)


def _edited(said: Records) -> None:
    said[VICTIM - 1]["data"]["value_pence"] += 1


def _restored(_: Honest) -> int:
    return RESTORED_SIZE


ON_EPOCHS = (
    Attack(
        name="a restore, and the truth about it",
        does="nothing wrong: goes on from a backup, and puts on record how much was lost",
        do=tell,
        missed=(EPOCH, SECOND_LOG),
        why="harmless: told are the positions of what is gone",
    ),
    Attack(
        name="a restore without a word",
        does="goes on from a backup under another name, and puts nothing on record",
        do=say_nothing,
        caught=(Caught(EPOCH_UNTOLD, "SVX401", 4, "the first lost", _restored),),
        missed=(SECOND_LOG,),
        why="nothing that is signed ties that log to the one before",
    ),
    Attack(
        name="a restore that is said to have lost less",
        does="puts an older head on record than the last that was published",
        do=understate,
        caught=(
            Caught(
                EPOCH,
                "SVX103",
                at="the first not owned up to",
                leaf=lambda _: UNDERSTATED_SIZE,
            ),
        ),
        missed=(SECOND_LOG,),
    ),
    Attack(
        name="rewrite, under cover of a restore",
        does="edits a bid in the backup, makes the rest fit, and puts the restore on record",
        do=rewrite,
        missed=(EPOCH, SECOND_LOG),
        why="told are the positions at which other records stand: ask for their receipts",
    ),
)
