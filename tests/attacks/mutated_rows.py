"""Any value of any row of a ledger, altered in the database itself."""

import sqlite3
from collections.abc import Callable
from random import Random
from typing import Any, Final

from psycopg import errors

from svx_ledger.cli.verify.checking_rows import RowsAsked, begin, check_rows, check_rows_by
from svx_ledger.eventlog.store import StoreError
from svx_ledger.proofs.checks.brackets import Brackets
from svx_ledger.proofs.checks.rows import RowsCheck
from svx_ledger.proofs.files.published_log import log_in
from svx_ledger.proofs.finding import Code, Finding, worst
from svx_ledger.proofs.notes.policy_file import parse_policy

from .altering import altered_bytes, altered_number, altered_text
from .case import Case
from .checks import DATABASE
from .honest import POLICY
from .mutating import IN_THE_PROGRAM, Crashed, Mutation, Share
from .raw import past_guards

_ROW: Final = ("{position}", "originator_id", "originator_version", "topic", "state")
_ODD: Final = 20
"""SQLite keeps what it is given in most columns: every so-manieth value is of another kind."""
_CLASHES = (sqlite3.IntegrityError, errors.UniqueViolation)
_FEWEST_SPANS, _MOST_SPANS = 4, 12
"""Each span opens the ledger anew. From four spans on they are worth it."""
_OF_A_ROW: Final = ("SVX101", "SVX301", "SVX103")
"""The last: where the newest row has gone to a position that there is not."""


class MutatedRows:
    """The rows of one copy of a ledger, each time with one value altered."""

    def __init__(self, case: Case, random: Random) -> None:
        self._case = case
        self._random = random
        self._share = Share(IN_THE_PROGRAM)
        log = log_in(case.published)
        trusted = parse_policy(POLICY).open(log.checkpoint())
        self._asked = RowsAsked(case.url, log, trusted.checkpoint, Brackets([trusted]))
        with past_guards(case.url) as run:
            self._privates = run("SELECT commitment, stream FROM private_payloads")
        self._is_sqlite = case.url.startswith("sqlite")

    def row(self) -> Mutation:
        """Alter a value of a record's row."""
        position = self._random.randrange(self._case.honest.size) + 1
        column = self._random.randrange(len(_ROW))
        old = self._case.honest.rows[position - 1][column]
        where = ("stored_events", _ROW[column], "{position}")
        found = self._altered(where, position, old)
        if found is None:
            return self.row()
        new, findings = found
        first = position if column else min(position, new)  # or where there is no position
        return Mutation(
            f"{_ROW[column]} of {position}: {new!r}", findings, first - 1, _OF_A_ROW
        )

    def private(self) -> Mutation:
        """Alter a value of a private text's row."""
        commitment, stream = self._random.choice(self._privates)
        columns = ("commitment", "stream", "version", "field", "salt", "payload")
        column = self._random.choice(columns)
        with past_guards(self._case.url) as run:
            statement = f"SELECT {column} FROM private_payloads WHERE commitment = ?"
            ((old,),) = run(statement, commitment)
        found = self._altered(("private_payloads", column, "commitment"), commitment, old)
        if found is None:
            return self.private()
        rows = self._case.honest.rows
        leaf = next(row.position for row in rows if row.stream == stream) - 1
        if column == "commitment":  # then it seems erased, and a text of nobody is there
            return Mutation(f"a commitment: {found[0]!r}", found[1], None, ("SVX106",))
        return Mutation(
            f"{column} of a private text: {found[0]!r}", found[1], leaf, ("SVX106",)
        )

    def _altered(
        self, where: tuple[str, str, str], key: Any, old: Any
    ) -> tuple[Any, list[Finding]] | None:
        """Alter a value, check, and put it back; None where the store keeps no such value."""
        table, column, key_column = where
        new = self._other(old)
        update = f"UPDATE {table} SET {column} = ? WHERE {key_column} = ?"
        read = f"SELECT {column} FROM {table} WHERE {key_column} = ?"
        at = new if column == key_column else key
        try:
            with past_guards(self._case.url) as run:
                run(update, new, key)
                ((kept,),) = run(read, at)
        except _CLASHES:
            return None
        try:
            findings = self._findings()
            if self._share.is_due():
                self._through_the_program(findings)
        finally:
            with past_guards(self._case.url) as run:
                run(update, old, at)
        return None if type(kept) is type(old) and kept == old else (new, findings)

    def _other(self, old: Any) -> Any:
        if self._is_sqlite and not self._random.randrange(_ODD):
            return self._of_another_kind(old)
        if isinstance(old, bytes):
            return altered_bytes(self._random, old)
        if isinstance(old, int):
            return altered_number(self._random, old)
        return altered_text(self._random, old)

    def _of_another_kind(self, old: Any) -> Any:
        if isinstance(old, bytes):
            return self._random.choice((old.decode("latin-1"), 7, 7.5))
        if isinstance(old, int):
            return altered_number(self._random, old)  # positions are numbers always
        return self._random.choice((old.encode(), 7, 7.5))

    def _findings(self) -> list[Finding]:
        """What `verify database` finds, without what it tells: at once and by spans."""
        begin(self._asked)
        most = self._asked.head.size
        positions = most // self._random.randrange(_FEWEST_SPANS, _MOST_SPANS)
        whole = _found(lambda: check_rows(self._asked))
        spans = _found(lambda: check_rows_by(self._asked, map, positions))
        if whole != spans:
            raise Crashed(f"by spans of {positions}, {spans} was found, and not {whole}")
        return whole

    def _through_the_program(self, findings: list[Finding]) -> None:
        said = self._case.svx(*DATABASE.arguments)
        if said.code != worst(findings):
            raise Crashed(f"verify database ended with {said.code}: {said.out}{said.err}")


def _found(check: Callable[[], RowsCheck]) -> list[Finding]:
    try:
        return check().findings
    except StoreError as fault:
        return [Finding(Code.WITHHELD, str(fault))]
