"""What a witness answers: from the bytes of a request to a status and a body."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple, assert_never

from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.notes.checkpoint import open_checkpoint
from svx_ledger.proofs.notes.cosignature import cosign
from svx_ledger.proofs.notes.keys import ED25519, SigningKey, VerifierKey

from .decision import (
    ClockBehind,
    Cosign,
    Decision,
    Held,
    OtherSize,
    Shrinks,
    TwoRoots,
    Unproven,
    decide,
)
from .kept_note import note_to_keep
from .private_file import Unfit
from .request import AddCheckpoint, parse_request
from .state import State, Unavailable

PLAIN: Final = "text/plain; charset=utf-8"
SIZE: Final = "text/x.tlog.size"


class Answer(NamedTuple):
    """An HTTP answer; `why` is for the witness's own log, and for the log where it helps."""

    status: int
    body: bytes
    why: str
    media_type: str = PLAIN
    origin: str | None = None
    """The log that was asked about, where it is one that the witness knows."""


class Witness:
    """One witness: its key, the logs whose heads it cosigns, and what it cosigned.

    Raises Unfit without a log, and for a log's key of another kind or that is its own.
    """

    def __init__(
        self,
        key: SigningKey,
        logs: Iterable[VerifierKey],
        state: State,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._key = key
        self._logs = _by_origin(logs, key.verifier)
        self._state = state
        self._clock = clock

    def add_checkpoint(self, body: bytes) -> Answer:
        """Cosign a head, if it extends what was cosigned before; else say why not.

        Whatever is answered with a cosignature is durably held before.
        """
        try:
            asked = parse_request(body)
        except Refused as refused:
            return _told(400, str(refused))
        keys = self._logs.get(asked.head.origin)
        if keys is None:
            return _told(404, "a log that this witness does not know")
        return self._of_known_log(asked, keys)._replace(origin=asked.head.origin)

    def _of_known_log(self, asked: AddCheckpoint, keys: list[VerifierKey]) -> Answer:
        try:
            open_checkpoint(asked.note, keys)
        except Refused as refused:
            untrusted = refused.finding.code is Code.KEY_UNKNOWN
            return _told(403 if untrusted else 400, str(refused))
        now = int(self._clock())

        def rule(held: Held) -> Decision:
            return decide(held, replace(asked, note=note_to_keep(held, asked, keys)), now)

        try:
            decision = self._state.update(asked.head.origin, rule)
        except Unavailable as fault:
            return _told(503, "the state could not be written", f"the state: {fault}")
        return self._answer(asked, decision)

    def _answer(self, asked: AddCheckpoint, decision: Decision) -> Answer:
        match decision:
            case Cosign(held):
                line = cosign(self._key, asked.head.body, held.time).line
                return Answer(200, line.encode(), f"cosigned {held.size} leaves")
            case Shrinks():
                return _told(400, f"{asked.old_size} leaves are more than {asked.head.size}")
            case OtherSize(size):
                return Answer(409, b"%d\n" % size, f"{size} leaves are held", SIZE)
            case TwoRoots(held):
                why = f"TWO ROOTS at {held.size} leaves: both notes are kept in the state"
                return Answer(409, b"%d\n" % held.size, why, SIZE)
            case Unproven(why):
                return _told(422, why)
            case ClockBehind():
                return _told(503, "the clock of this witness is behind its last cosignature")
            case _:
                assert_never(decision)


def _told(status: int, text: str, why: str | None = None) -> Answer:
    return Answer(status, f"{text}\n".encode(), why or text)


def _by_origin(
    logs: Iterable[VerifierKey], own: VerifierKey
) -> Mapping[str, list[VerifierKey]]:
    keys: dict[str, list[VerifierKey]] = {}
    for log in dict.fromkeys(logs):
        if log.algorithm != ED25519:
            raise Unfit(f"{log.text} is not the key of a log (type 1)")
        if log.public == own.public:
            raise Unfit(f"{log.text} is the witness's own key: nobody witnesses for themselves")
        keys.setdefault(log.name, []).append(log)
    if not keys:
        raise Unfit("a witness knows at least one log, by its verifier key")
    return keys
