"""One connection to PostgreSQL, spoken to in exchanges that end by a deadline.

An exchange is a pipeline of prepared statements: one round trip. This is libpq itself, one
level below psycopg's cursors, for two reasons. The write path has to know how far an exchange
had come when it broke, which decides between "not written" and "unknown"; and cursors cost
more client CPU, under the write lock, than the server needs for the work.
"""

import select
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from psycopg import OperationalError
from psycopg.conninfo import conninfo_attempts, conninfo_to_dict, make_conninfo
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, PGconn, PollingStatus
from psycopg.pq.abc import PGconn as Connected
from psycopg.pq.abc import PGresult

CONNECT_SECONDS = 2.0
"""For all the hosts of an address together. Looking up their names is not covered: libc takes
no deadline, so give hosts by address or have a local resolver."""

SOCKET: dict[str, Any] = {
    "client_encoding": "UTF8",
    "keepalives": 1,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 4000,  # milliseconds that sent bytes may stay unacknowledged
}

_NOT_KNOWN = "the host's name is not known"
_NOT_REACHED = "the server cannot be reached"
_NO_OPTION = "the address has an option or a value that PostgreSQL does not take"
_NO_ADDRESS = (
    "the address cannot be read: write @ : / ? # of its password as %40 %3A %2F %3F %23"
)
_OF_THE_SERVER = ("connection to server ", _NOT_KNOWN, _NOT_REACHED)
"""How a text begins that quotes host, port, user and database of an address, and no more."""

_BINARY = 1
_READ, _WRITE = select.POLLIN, select.POLLOUT
_IDLE_IN_TRANSACTION = "25P03"
_FAREWELLS = frozenset({"57P01", "57P02"})
"""The server is shut down at once, or one of its processes crashed."""


class Call(NamedTuple):
    """A prepared statement by its name, and its parameters in binary form."""

    name: str
    parameters: Sequence[bytes | None] = ()


class Broken(Exception):
    """An exchange failed, and its connection is closed.

    `answered` statements had succeeded. Without `sent` the server has seen none.
    """

    unreached = False
    """Whether there was no connection to be had."""

    def __init__(
        self, why: str, *, sent: bool = True, answered: int = 0, result: PGresult | None = None
    ) -> None:
        self.sent = sent
        self.answered = answered
        self.severity = _field(result, DiagnosticField.SEVERITY_NONLOCALIZED)
        self.sqlstate = _field(result, DiagnosticField.SQLSTATE)
        # The server's own text is left out: it can quote what a row holds.
        super().__init__(f"{self.severity} {self.sqlstate}" if self.sqlstate else why)

    def surely_before(self, statement: int) -> bool:
        """Whether the server certainly never came to execute that statement.

        An ERROR makes it skip the rest of the pipeline. A FATAL can also come from a pooler
        that lost the server after passing everything on; but only the server itself says
        that a transaction sat idle for too long.
        """
        return not self.sent or (
            self.answered < statement
            and (self.severity == "ERROR" or self.sqlstate == _IDLE_IN_TRANSACTION)
        )


class Unreached(Broken):
    """The server cannot be reached, or lets this user not into this database."""

    unreached = True

    def __init__(self, why: str) -> None:
        super().__init__(why, sent=False)


class Wire:
    """One connection; for one thread at a time."""

    def __init__(self, conninfo: str) -> None:
        """Connect. Raises Broken, at the latest after CONNECT_SECONDS (and name look-up)."""
        self._pg = pg = _connect(conninfo)
        self.notices = 0
        """How many notices and warnings came with the last exchange."""
        self.version = pg.server_version
        pg.nonblocking = 1
        pg.notice_handler = self._noticed
        pg.enter_pipeline_mode()
        self._poll = select.poll()
        self._poll.register(pg.socket, _READ)

    def prepare(self, statements: Mapping[str, str], deadline: float) -> None:
        """Prepare statements under their names. Raises Broken."""
        try:
            for name, statement in statements.items():
                self._pg.send_prepare(name.encode(), statement.encode())
        except OperationalError:
            self._break("the connection was lost")
        self._results(len(statements), deadline)

    def exchange(self, calls: Sequence[Call], deadline: float) -> list[PGresult]:
        """Execute statements in one round trip. Raises Broken by the deadline (monotonic)."""
        try:
            while self._poll.poll(0):  # nothing was asked: a setting's change, or a farewell
                self._pg.consume_input()
        except OperationalError:
            self._break("the connection was lost", sent=False)
        self.notices = 0
        try:
            for name, parameters in calls:
                self._pg.send_query_prepared(
                    name.encode(), parameters, [_BINARY] * len(parameters), _BINARY
                )
        except OperationalError:
            self._break("the connection was lost")
        return self._results(len(calls), deadline)

    def close(self) -> None:
        """Close the socket. Never cancels what the server is doing."""
        self._pg.notice_handler = None
        self._pg.finish()

    def _results(self, expected: int, deadline: float) -> list[PGresult]:
        """Send what is queued, and return one result a statement."""
        pg, results = self._pg, list[PGresult]()
        ended, lost = False, False
        try:
            pg.pipeline_sync()
            unsent = pg.flush()
            while True:
                while not lost and (unsent or pg.is_busy()):
                    if not self._wait(unsent, deadline):
                        self._break("no answer in time", answered=len(results))
                    try:
                        pg.consume_input()
                        unsent = unsent and pg.flush()
                    except OperationalError:
                        lost = True  # what arrived before the end is still there to be read
                result = pg.get_result()
                if result is None:  # the end of one statement's results
                    if ended:
                        self._break("the connection was lost", answered=len(results))
                elif result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
                    results.append(result)
                elif result.status == ExecStatus.PIPELINE_SYNC and len(results) == expected:
                    return results
                else:
                    self._break("the connection was lost", answered=len(results), result=result)
                ended = result is None
        except OperationalError:
            self._break("the connection was lost", answered=len(results))

    def _wait(self, unsent: int, deadline: float) -> bool:
        """Wait until there is something to read (or room to send, where some is left)."""
        self._poll.modify(self._pg.socket, _READ | _WRITE if unsent else _READ)
        return _ready(self._poll, deadline)

    def _break(
        self, why: str, *, sent: bool = True, answered: int = 0, result: PGresult | None = None
    ) -> NoReturn:
        broken = Broken(why, sent=sent, answered=answered, result=result)
        self.close()
        raise broken from None

    def _noticed(self, notice: PGresult) -> None:
        # A backend that has to end at once says so and goes. That can follow the answer to a
        # COMMIT and takes nothing back; one that gives up a wait for its standby says the
        # same, but never answers the COMMIT then (syncrep.c: output is shut off).
        if _field(notice, DiagnosticField.SQLSTATE) not in _FAREWELLS:
            self.notices += 1


def _connect(conninfo: str) -> Connected:
    """Try the hosts in turn, each for an equal share of the time that is left."""
    why = _NOT_REACHED
    deadline = time.monotonic() + CONNECT_SECONDS
    given = conninfo_to_dict(conninfo)
    try:
        attempts = conninfo_attempts(given)
    except OperationalError:
        raise Unreached(_shown(_NOT_KNOWN, given)) from None
    for hosts_left in range(len(attempts), 0, -1):
        now = time.monotonic()
        attempt = make_conninfo("", **attempts[-hosts_left])
        pg = PGconn.connect_start(attempt.encode())
        if _connected(pg, now + (deadline - now) / hosts_left):
            return pg
        # About host, user and database; it comes before any statement, so it quotes no row.
        why = pg.get_error_message().strip() or why
        pg.finish()
    raise Unreached(_shown(why, given))


def _shown(why: str, given: Mapping[str, Any]) -> str:
    """Return why there is no connection, unless that can quote part of a password.

    It quotes host, port, user and database, where the end of a password stands that has one of
    the characters by which an address is parted; and options that libpq could not read.
    """
    host, port, user, database = (
        str(given.get(name) or "") for name in ("host", "port", "user", "dbname")
    )
    numbers = port.replace(",", "")
    if "@" in host + port + database or ":" in user or (not numbers.isdigit() and numbers):
        return _NO_ADDRESS
    return why if why.startswith(_OF_THE_SERVER) else _NO_OPTION


def _connected(pg: Connected, deadline: float) -> bool:
    while pg.status != ConnStatus.BAD:
        state = pg.connect_poll()
        if state == PollingStatus.OK:
            return True
        if state == PollingStatus.FAILED:
            return False
        poll = select.poll()
        poll.register(pg.socket, _READ if state == PollingStatus.READING else _WRITE)
        if not _ready(poll, deadline):
            return False
    return False


def _ready(poll: select.poll, deadline: float) -> bool:
    seconds = deadline - time.monotonic()
    return seconds > 0 and bool(poll.poll(seconds * 1000))


def _field(result: PGresult | None, field: DiagnosticField) -> str | None:
    value = result.error_field(field) if result is not None else None
    return value.decode("ascii", "replace") if value else None
