"""Any byte of what is published or handed out, altered: the log, a receipt, evidence."""

import io
import json
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Final

from svx_ledger.proofs.checks.bundle import BundleCheck
from svx_ledger.proofs.checks.log import verify_log
from svx_ledger.proofs.checks.receipt import verify_receipt_of
from svx_ledger.proofs.files.bundle import (
    HEAD_NOTE,
    MANIFEST,
    WHOLE_PARTS,
    digests_of,
    parse_manifest,
    position_in,
)
from svx_ledger.proofs.files.published_log import PublishedLog
from svx_ledger.proofs.files.receipt import parse_receipt
from svx_ledger.proofs.files.stored_zip import pack_zip, unpack_zip
from svx_ledger.proofs.finding import Code, Finding, Refused, worst
from svx_ledger.proofs.notes.note import Note, parse_note
from svx_ledger.proofs.notes.policy_file import parse_policy
from svx_ledger.proofs.script import stand_alone
from svx_ledger.proofs.tree.entries import unpack_entries
from svx_ledger.proofs.tree.merkle import HASH_BYTES
from svx_ledger.proofs.tree.tiles import ENTRIES, Tile, entry_tiles_of, tiles_between

from .altering import altered_bytes
from .case import Case
from .honest import KEY, POLICY, WITNESS_KEY
from .mutating import (
    IN_ONE_FILE,
    IN_THE_PROGRAM,
    Crashed,
    Mutation,
    Share,
    found_by,
)

UNTRUSTED: Final = ("SVX201", "SVX202", "SVX301")
"""What a head comes to that was altered."""
_CHECKPOINT: Final = "checkpoint"
PASSED_OVER: Final = Finding(Code.KEY_UNKNOWN, "a line of a key that nobody named")
"""What is not found, and need not be: the specification wants such lines passed over."""
_UNDATED: Final = Finding(Code.QUORUM_MISSING, "it says that a head dates nothing")


class MutatedFiles:
    """What one copy of a ledger published and handed out, each time with one file altered."""

    def __init__(self, case: Case, random: Random) -> None:
        self._case = case
        self._random = random
        self._policy = parse_policy(POLICY)
        self._one_file = Share(IN_ONE_FILE)
        self._program = Share(IN_THE_PROGRAM)
        size = case.honest.size
        self._tiles = {
            tile.path: tile for tile in (*tiles_between(0, size), *entry_tiles_of(size))
        }
        self._log = {
            name: (case.published / name).read_bytes() for name in (_CHECKPOINT, *self._tiles)
        }
        self._kept = (case.folder / "kept" / "half").read_bytes()
        self._receipt = (case.folder / "receipt").read_bytes()
        self._bundle = (case.folder / "evidence.zip").read_bytes()
        self._parts = unpack_zip(self._bundle)

    def log(self) -> Mutation:
        """Alter a file of the published log, or take it away."""
        name = self._random.choice(list(self._log))
        old = self._log[name]
        new = None if not self._random.randrange(20) else altered_bytes(self._random, old)
        files: dict[str, bytes | None] = {**self._log, name: new}
        kept = self._kept if self._random.randrange(2) else None

        def check() -> None:
            log = PublishedLog(lambda asked, _: files.get(asked))
            verify_log(log, log.checkpoint(), self._policy, kept=kept)

        findings = found_by(check)
        self._verbs(["log", "published"], self._case.published / name, new, findings)
        what = f"{name}: {'gone' if new is None else new.hex()}"
        if name == _CHECKPOINT:
            if new is not None and not findings and self._same_note(old, new):
                findings = [PASSED_OVER]
            gone = ("SVX401",) if new is None else UNTRUSTED
            return Mutation(what, findings, None, gone)
        tile = self._tiles[name]
        if new is None:
            return Mutation(what, findings, tile.start, ("SVX401",))
        return Mutation(what, findings, *_expected(tile, old, new))

    def receipt(self) -> Mutation:
        """Alter a receipt."""
        new = altered_bytes(self._random, self._receipt)
        findings = found_by(lambda: verify_receipt_of(new, self._policy))
        self._verbs(["receipt", "receipt"], self._case.folder / "receipt", new, findings)
        leaf = None
        if not findings and self._same_receipt(new):
            findings = [PASSED_OVER]
        if findings and findings[0].index is not None:
            leaf = parse_receipt(new).index
        return Mutation(
            f"a receipt: {new.hex()}", findings, leaf, ("SVX101", "SVX401", *UNTRUSTED)
        )

    def bundle(self) -> Mutation:
        """Alter any byte of an evidence bundle: it is not packed in the one way any more."""
        new = altered_bytes(self._random, self._bundle)
        return self._checked("evidence", new, None, ("SVX301",))

    def part(self) -> Mutation:
        """Alter a part of it, and pack it again; the manifest stays."""
        name = self._random.choice(list(self._parts))
        parts = self._parts | {name: altered_bytes(self._random, self._parts[name])}
        leaf = self._leaf_of(name, parts)
        codes = ("SVX101", "SVX102", "SVX103", "SVX104", "SVX401", *UNTRUSTED)
        return self._checked(f"evidence, {name}", pack_zip(parts), leaf, codes)

    def _leaf_of(self, name: str, parts: dict[str, bytes]) -> int | None:
        """The leaf that an altered part is of; that of the first digest that was altered."""
        position = position_in(name)
        if name == MANIFEST:
            try:
                told = parse_manifest(parts[MANIFEST]).parts
            except Refused:
                return None
            own = digests_of(self._parts)
            other = [part for part in sorted(told) if told[part] != own.get(part)]
            position = position_in(other[0]) if other else None
        return None if position is None else position - 1

    def listed(self) -> Mutation:
        """Alter a part of it, and have the manifest list what it is now.

        Not the parts that are the maker's own words: of these nothing is proven.
        """
        proven = [n for n in self._parts if n == HEAD_NOTE or n not in (*WHOLE_PARTS, MANIFEST)]
        name = self._random.choice(proven)
        parts = self._parts | {name: altered_bytes(self._random, self._parts[name])}
        told = json.loads(parts.pop(MANIFEST))
        told["parts"] = digests_of(parts)
        parts[MANIFEST] = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
        parse_manifest(parts[MANIFEST])
        position = position_in(name)
        leaf = None if position is None else position - 1
        codes = ("SVX101", "SVX102", "SVX103", "SVX104", *UNTRUSTED)
        if name.startswith("heads/"):
            leaf = None
        return self._checked(
            f"evidence with its manifest, {name}", pack_zip(parts), leaf, codes
        )

    def _same_note(self, old: bytes, new: bytes) -> bool:
        """Whether only lines differ that are of keys which nobody named."""
        known = {(key.name, key.key_id) for key in (KEY.verifier, WITNESS_KEY.verifier)}
        one, other = (
            Note(note.text, tuple(s for s in note.signatures if s[:2] in known))
            for note in map(parse_note, (old, new))
        )
        return one == other

    def _same_receipt(self, new: bytes) -> bool:
        one, other = parse_receipt(self._receipt), parse_receipt(new)
        rest = replace(other, checkpoint=one.checkpoint)
        return rest == one and self._same_note(one.checkpoint, other.checkpoint)

    def _checked(
        self, what: str, data: bytes, leaf: int | None, codes: tuple[str, ...]
    ) -> Mutation:
        undated = 0

        def check() -> list[Finding]:
            nonlocal undated
            done = BundleCheck(data, self._policy)
            for _ in done.run():
                pass
            undated = done.undated_heads
            return done.findings

        try:
            findings = check()
        except Refused as refused:
            findings, leaf = [refused.finding], None
        file = self._case.folder / "evidence.zip"
        self._verbs(["bundle", "evidence.zip"], file, data, findings)
        if (
            not findings and undated
        ):  # of heads without witnesses it is said that they date nothing
            return Mutation(what, [_UNDATED], None, (str(_UNDATED.code),))
        return Mutation(what, findings, leaf, codes)

    def _verbs(
        self, verb: list[str], file: Path, new: bytes | None, findings: list[Finding]
    ) -> None:
        """Let verbs see it too, now and then: they end as the check did."""
        runs: list[Callable[[list[str]], int]] = []
        runs += [self._stand_alone] if self._one_file.is_due() else []
        runs += [self._svx] if self._program.is_due() else []
        if not runs:
            return
        old = file.read_bytes()
        try:
            if new is None:
                file.unlink()
            else:
                file.write_bytes(new)
            for run in runs:
                code = run([*verb, "--policy", "policy"])
                if code != worst(findings):
                    raise Crashed(f"{run.__name__} {verb} of {file.name}: {code}: {findings}")
        finally:
            file.write_bytes(old)

    def _stand_alone(self, arguments: list[str]) -> int:
        """Run verify.py as it is before it is joined into one file."""
        nowhere = io.StringIO()
        with chdir(self._case.folder), redirect_stdout(nowhere), redirect_stderr(nowhere):
            return stand_alone.main(arguments)

    def _svx(self, arguments: list[str]) -> int:
        return self._case.svx("verify", *arguments).code


def _expected(tile: Tile, old: bytes, new: bytes) -> tuple[int | None, tuple[str, ...]]:
    """The first bad leaf under an altered tile, and what is said."""
    if tile.level == ENTRIES:
        try:
            entries = unpack_entries(new, tile.width)
        except Refused:
            return None, ("SVX301",)
        pairs = zip(entries, unpack_entries(old, tile.width), strict=True)
        first = next(n for n, (one, other) in enumerate(pairs) if one != other)
        return tile.start + first, ("SVX101",)
    if len(new) != len(old):
        return None, ("SVX301",)
    first = next(n for n, (one, other) in enumerate(zip(new, old, strict=True)) if one != other)
    return tile.start + first // HASH_BYTES * tile.span, ("SVX101",)
