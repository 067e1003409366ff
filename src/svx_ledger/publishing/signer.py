"""One step of signing: what is new on the log is integrated, and its head signed.

Every stage asks what is stored, does what is missing, and stores that before the next relies on
it. So a step can end anywhere, or be made by two at once: whoever makes the next finds the same
bodies and the same signatures, or makes them again, byte for byte.
"""

from collections.abc import Iterator

from svx_ledger.eventlog.store import Forked, Head, NoLedger
from svx_ledger.publishing.keys.signing import KeysAtHand, key_shown
from svx_ledger.publishing.outside.mark import checkpoint_in
from svx_ledger.publishing.state.database import Database, NotPublished
from svx_ledger.publishing.state.log_state import LogState, newest_state
from svx_ledger.publishing.state.rows import TreeHead
from svx_ledger.publishing.tree.integration import Integration, Overtaken
from svx_ledger.publishing.tree.reading import StoredTree

from .guard import KnownHead, assert_not_behind, assert_own_state
from .own_stream import Log, OwnStream
from .places import Places
from .remedies import RESTORED


class NoKeySigns(NotPublished):
    """No key signs the newest head: none is in force, or none of those is at hand.

    Of all that can fail in a step this alone says that no newer head is to be expected.
    """


class Signer:
    """Integrates and signs one ledger's log. Used by one thread."""

    def __init__(self, log: Log, database: Database, keys: KeysAtHand, places: Places) -> None:
        self._log = log
        self._database = database
        self._keys = keys
        self._places = places
        self._own = OwnStream(log)
        self.state: LogState | None = None
        """That of the present epoch, once a step has looked."""
        self._integration: Integration | None = None
        self._known: dict[str, bytes] = {}
        """Where → the note there that was held against the tree already."""
        self._has_asked = False
        self.missing: tuple[str, ...] = ()
        """Keys that are in force and not in the key file: notes lack their signatures."""

    def step(self) -> Iterator[int]:
        """Integrate and sign what is new; yield each size that was integrated on the way.

        Raises Forked where the log is not the one that was published: then nothing was signed.
        Raises NotPublished and NotRead for what may be over the next time, NoKeySigns among
        them where everything else is done.
        """
        self._database.create()
        if self.state is None:
            self._current()
        with self._database.alone("sign") as mine:
            if mine:
                yield from self._step()

    def _step(self) -> Iterator[int]:
        head = self._current()
        assert self._integration is not None
        assert self.state is not None
        assert self._own.now is not None
        tree = None
        try:
            due = self._is_due
            for tree in self._integration.catch_up(head, self._own.now.origin, due):
                yield tree.size
        except Overtaken:
            return
        assert tree is not None
        self._guard(self.state, tree)
        self._sign(self.state, tree.size)
        self._write_mark(self.state)
        self._unless_unsigned(self.state, tree.size)

    def _current(self) -> Head:
        """Return the log's head, with everything else as it is then, or was before."""
        while True:
            if self._integration is not None:
                self._integration.load()
            head = self._log.head()
            self._own.refresh()
            if self._own.now is None:
                raise NoLedger("there is no ledger here; begin it with `svx-ledger init`")
            if self.state is not None and self.state.epoch == self._own.now.epoch:
                return head
            self._begin(self._own.now.epoch)

    def _begin(self, epoch: int) -> None:
        newest = newest_state(self._database)
        if newest is not None and newest.epoch > epoch:
            assert_own_state(self._log, newest)
            raise Forked(f"the state knows epoch {newest.epoch} of the log: {RESTORED}")
        self.state = LogState(self._database, epoch)
        self._integration = Integration(self._log, self.state)
        self._has_asked = False

    def _is_due(self, size: int) -> bool:
        return bool(self._own.signers(size))

    def _guard(self, state: LogState, tree: TreeHead) -> None:
        """Hold what others know of this log against it, as far as that is new."""
        notes = {}
        if self._places.mark is not None:
            notes[str(self._places.mark.path)] = self._places.mark.read()
        if self._places.directory is not None:
            notes[self._places.directory.where] = self._places.directory.note()
        news = {
            where: note
            for where, note in notes.items()
            if note and self._known.get(where) != note
        }
        known = [KnownHead(where, checkpoint_in(note, where)) for where, note in news.items()]
        if known:
            stored = StoredTree(state, tree.size, tree.root)

            def root_at(size: int) -> bytes | None:
                return stored.root_at(size) if size <= tree.size else None

            assert_not_behind(known, self._own, self._log.head().position, root_at)
            at_most = {one.where for one in known if one.checkpoint.size <= tree.size}
            self._known |= {where: news[where] for where in at_most}
        self._ask_witnesses(state, tree)

    def _ask_witnesses(self, state: LogState, tree: TreeHead) -> None:
        """Ask, before the first signature of a process, whether a witness knows more."""
        quorum, mark = self._places.quorum, self._places.mark
        if self._has_asked or quorum is None:
            return
        note = _asked_with(state) or (mark.read() if mark else None)
        if note is not None:
            checkpoint = checkpoint_in(note, "the mark")
            if self._own.epoch_of(checkpoint.origin) == state.epoch:
                quorum.ask(note, StoredTree(state, checkpoint.size, checkpoint.root), tree.size)
        self._has_asked = True

    def _sign(self, state: LogState, size: int) -> None:
        """Sign what is due up to a size: which keys are in force beyond is not known yet."""
        newest = state.newest_signed()
        after = newest.size if newest else 0
        self.missing = self._keys.missing(self._own.signers(size))
        while batch := state.unsigned(after):
            due = {one.size: self._own.signers(one.size) for one in batch if one.size <= size}
            self._keys.missing({key for in_force in due.values() for key in in_force})
            notes = [
                (each.size, note)
                for each in batch
                if each.size in due and (note := self._keys.signed(each.body, due[each.size]))
            ]
            if notes:
                state.sign(notes)
            after = batch[-1].size

    def _write_mark(self, state: LogState) -> None:
        mark, newest = self._places.mark, state.newest_signed()
        if mark is None or newest is None or newest.log_note is None:
            return
        present = mark.read()
        if present == newest.log_note:
            return
        before = checkpoint_in(present, str(mark.path)) if present else None
        same = before and self._own.epoch_of(before.origin) == state.epoch
        if not (before and same and before.size > newest.size):
            mark.write(newest.log_note)

    def _unless_unsigned(self, state: LogState, size: int) -> None:
        in_force = self._own.signers(size)
        if not in_force:
            raise NoKeySigns("no key signs this log: make one with `svx-ledger key log make`")
        newest = state.newest_signed()
        if newest is None or newest.size < size:
            keys = " or ".join(map(key_shown, in_force))
            raise NoKeySigns(
                f"none of the keys in the key file is in force: put the private half of {keys} "
                "there, or make another with `svx-ledger key log rotate`"
            )


def _asked_with(state: LogState) -> bytes | None:
    """Return the log's note that witnesses can be asked about without leading them on.

    They take no smaller one after it, so it is the newest that they have seen, or else the
    first that they are to see.
    """
    seen = state.newest_published() or next(iter(state.unpublished(0)), None)
    return seen.log_note if seen else None
