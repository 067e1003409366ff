"""A publisher that is broken at one point, and what has to be there afterwards."""

import os
from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple

from svx_ledger.eventlog.open import open_store
from svx_ledger.proofs.notes.checkpoint import parse_checkpoint
from svx_ledger.proofs.notes.note import parse_note
from svx_ledger.publishing.cosigning.quorum import Quorum
from svx_ledger.publishing.keys.signing import KeysAtHand
from svx_ledger.publishing.lateness import recorded_on
from svx_ledger.publishing.outside.directory import Directory
from svx_ledger.publishing.outside.mark import Mark
from svx_ledger.publishing.outside.public_files import PublicFiles
from svx_ledger.publishing.places import Places
from svx_ledger.publishing.publisher import Publisher
from svx_ledger.publishing.releasing import Releaser
from svx_ledger.publishing.signer import Signer
from svx_ledger.publishing.state.opening import open_state

from .breaking import Breaking, Broke, Script, breaks
from .setting import KEY, Desk, files_in, naive_files, naive_note, records
from .witnessed import POLICY, FileWitness

BEFORE, AFTER = 250, 262
ROWS = records(AFTER, closes=[252, 258])
NOTES = {size: naive_note(ROWS, size) for size in (BEFORE, 251, 252, 257, 258, AFTER)}
"""The log's note of each size that has a checkpoint."""
TILES = naive_files(ROWS, AFTER)
EVER = {name: data for size in NOTES for name, data in naive_files(ROWS, size).items()}
"""Every tile that may have been written; one that became full is not there in part."""


class Left(NamedTuple):
    """What a publisher left: the files, the mark, and the notes of each size."""

    files: dict[str, bytes]
    mark: bytes
    log_notes: dict[int, bytes | None]
    quorum_notes: dict[int, bytes]


def begun(desk: Desk) -> None:
    """Publish the first part of the log; the rest of it is there."""
    desk.grow(ROWS[:BEFORE])
    publish(desk, Script())
    desk.grow(ROWS)


def publish(desk: Desk, script: Script) -> None:
    """Publish what there is, through ports that a script breaks."""

    def broken(port: object) -> Breaking:
        return Breaking(port, script)

    with closing(open_store(desk.url)) as store, closing(open_state(desk.url)) as database:
        places = Places(
            broken(Mark(desk.mark)),  # type: ignore[arg-type]
            Directory(broken(PublicFiles(desk.published))),  # type: ignore[arg-type]
            Quorum(POLICY, broken(FileWitness(desk.folder / "witness"))),
        )
        signer = Signer(broken(store), broken(database), KeysAtHand(lambda: [KEY]), places)
        releaser = Releaser(places, recorded_on(broken(store)), lambda: 0.0)
        for _ in Publisher(signer, releaser).once():
            pass


def broken_run(desk: Desk, at: int, act: Callable[[], None]) -> bool:
    """Break a run at a point, by an error or by death; return whether it came that far."""
    script = Script(at, act)
    if act is breaks:
        try:
            publish(desk, script)
        except Broke:
            return True
        return False
    child = os.fork()
    if child == 0:
        try:
            publish(desk, script)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def left(desk: Desk) -> Left:
    """Read what there is now; of notes with a quorum all lines are told."""
    notes = desk.notes()
    return Left(
        files_in(desk.published),
        desk.mark.read_bytes(),
        {size: log_note for size, (log_note, _) in notes.items()},
        {size: quorum_note for size, (_, quorum_note) in notes.items() if quorum_note},
    )


def by_the_log(note: bytes) -> bytes:
    """Return a note without cosignatures: these carry the witness's time."""
    text, _, lines = note.partition(b"\n\n")
    own = [line for line in lines.splitlines(keepends=True) if KEY.name.encode() in line]
    return text + b"\n\n" + b"".join(own)


def faults_after_a_break(found: Left) -> list[str]:
    """What is wrong with what a broken publisher left: a reader finds all that is promised."""
    checkpoint = found.files["checkpoint"]
    size = parse_checkpoint(parse_note(checkpoint).text).size
    faults = []
    if by_the_log(checkpoint) != NOTES.get(size):
        faults.append(f"the folder's checkpoint of {size} is not what the log signs")
    for name, data in naive_files(ROWS, size).items():
        full = name.partition(".p/")[0]
        if found.files.get(name, found.files.get(full, b""))[: len(data)] != data:
            faults.append(f"{name} cannot be read, and the checkpoint is of {size}")
    for size, note in found.log_notes.items():
        if note not in (None, NOTES.get(size)):
            faults.append(f"{size} is signed otherwise than it should be")
    return faults


def faults_at_the_end(broken: Left, ended: Left) -> list[str]:
    """What is wrong once the next publisher is done."""
    faults = []
    tiles = dict(ended.files)
    if by_the_log(tiles.pop("checkpoint")) != NOTES[AFTER]:
        faults.append("the folder's checkpoint is not the newest")
    if TILES.items() - tiles.items() or tiles.items() - EVER.items():
        faults.append("the folder's tiles are not what the records lead to")
    if any(f"{name.partition('.p/')[0]}" in TILES for name in tiles if ".p/" in name):
        faults.append("a part of a tile is left that is there in full")
    if ended.mark != NOTES[AFTER]:
        faults.append("the mark is not the newest signed checkpoint")
    if ended.log_notes != NOTES:
        faults.append("the log's notes are not those of an undisturbed run")
    for size, note in ended.quorum_notes.items():
        if by_the_log(note) != NOTES[size]:
            faults.append(f"the note with a quorum of {size} is of another checkpoint")
    if ended.quorum_notes.keys() != NOTES.keys():
        faults.append("a checkpoint has no quorum")
    if broken.quorum_notes.items() - ended.quorum_notes.items():
        faults.append("a note with a quorum was replaced")
    return faults
