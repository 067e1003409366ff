"""Commands: how one is sent, and the exact word for what became of it."""

from collections.abc import Mapping
from typing import Any, Final, get_type_hints

import orjson

from svx_ledger.api.vocabulary import creates, path_of, path_to_new
from svx_ledger.domain.form import StreamOf
from svx_ledger.domain.kind import Command, fields_of

from .address import path_with
from .asked import STATES, Lost, Request, instant, json_of, mapping, receipts_in, text, whole
from .beside import Beside
from .call import Call, Patience
from .outcomes import (
    REUSED,
    Done,
    Fault,
    NotDone,
    Problem,
    Refused,
    Unanswered,
    Unknown,
    WrittenEvent,
)

NOTHING_WRITTEN: Final = frozenset(
    {
        *("not-written", "clock-refused", "command-failed", "store-refused"),
        *("busy", "too-many-requests", "too-slow", "http-429"),
    }
)
"""Problems by which the exchange says that it wrote nothing in answer to this request."""
_FAULT_OF_THE_PROGRAM: Final = "command-failed"


class Giving(Call[Done]):
    """A command that is being given, under one key for all attempts.

    Once an attempt may have been carried out, only an answer in which the ledger had looked
    for the key says what became of the command: done, refused by a rule for ever, or never to
    be done under this key, which stands for another command. Anything else after that, even
    "nothing was written", is of another attempt only.
    """

    answered = frozenset({200, 202})

    def __init__(self, request: Request, patience: Patience, key: str) -> None:
        super().__init__(request, patience, lambda heard: _done(json_of(heard), key))
        self._key = key
        self._in_doubt = False

    def _refused(self, problem: Problem) -> Exception:
        refused = Refused(problem, self._key)
        if self._in_doubt and not (refused.is_settled or problem.name == REUSED):
            reason = f"an attempt was not answered, and the last one was turned away: {problem}"
            return Unknown(
                reason=reason,
                idempotency_key=self._key,
                problem=problem,
                repeatable=False,
            )
        return refused

    def _unanswered(self, why: Lost | Problem, retry_after: float | None = None) -> Unanswered:
        if isinstance(why, Problem):
            self._in_doubt |= why.name not in NOTHING_WRITTEN
            problem, reason = why, str(why)
            repeatable = why.name != _FAULT_OF_THE_PROGRAM
        else:
            self._in_doubt |= why.sent
            problem, reason, repeatable = None, why.how, not why.hopeless
        word = Unknown if self._in_doubt else NotDone
        return word(
            reason=reason,
            idempotency_key=self._key,
            problem=problem,
            retry_after=retry_after,
            repeatable=repeatable,
        )


def giving(command: Command, given: Beside, patience: Patience) -> Giving:
    """Return the call that gives a command.

    Raises Refused where the command, or what goes with it, breaks its form: it is not sent
    then. Raises ValueError for a command that is not given over HTTP.
    """
    cls = type(command)
    path = _path(cls, command.target())
    data = _data(command, given)
    del data[fields_of(cls)[0]]
    return _giving(path, data, given, patience)


def giving_new(
    cls: type[Command], fields: Mapping[str, Any], given: Beside, patience: Patience
) -> Giving:
    """Return the call that makes a thing whose name the ledger chooses; else as `giving`.

    `fields` are all but the first of the command's.
    """
    if not creates(cls):
        message = f"{cls.__name__} makes nothing that the ledger names: use execute"
        raise ValueError(message)
    _path(cls, "")  # whether it is given over HTTP at all
    target = fields_of(cls)[0]
    data = _data(cls(**{target: _stand_in(cls, target)}, **fields), given)
    del data[target]
    return _giving(path_to_new(cls.__name__), data, given, patience)


def _giving(path: str, data: Mapping[str, Any], given: Beside, patience: Patience) -> Giving:
    if given.wait_published:
        path = path_with(path, {"wait": "published"})
    request = Request(
        method="POST", path=path, headers=given.headers(), content=orjson.dumps(data)
    )
    return Giving(request, patience, given.key)


def _path(cls: type[Command], target: str) -> str:
    try:
        return path_of(cls.__name__, target)
    except LookupError:
        message = f"{cls.__name__} is not given over HTTP"
    raise ValueError(message)


def _data(command: Command, given: Beside) -> dict[str, Any]:
    from svx_ledger.eventlog.malformed import Malformed
    from svx_ledger.eventlog.shapes import shape_of

    try:
        data: dict[str, Any] = shape_of(type(command)).encode(command)
    except Malformed as fault:
        rule, pointer = fault.rule, fault.pointer
        form = str(fault.facts.get("form", ""))
    else:
        return data
    problem = Problem(
        name=rule.name,
        status=422,
        title=rule.demands,
        detail=form,
        remedy=rule.remedy,
        errors=(Fault(pointer, form or rule.demands),),
    )
    raise Refused(problem, given.key)


def _stand_in(cls: type[Command], target: str) -> str:
    """Return a name of the right kind, for a command whose thing has none yet."""
    hint = get_type_hints(cls, include_extras=True)[target]
    (mark,) = (m for m in hint.__metadata__ if isinstance(m, StreamOf))
    return f"{mark.kind}-0000"


def _done(said: Mapping[str, Any], key: str) -> Done:
    """Read what was done. Raises ValueError, KeyError or TypeError where it is not that."""
    if said["state"] not in STATES or said["command_id"] != key:
        raise ValueError("an answer to something else")
    return Done(
        command_id=key,
        position=whole(said["position"]),
        last_position=whole(said["last_position"]),
        stream=text(said["stream"]),
        version=whole(said["version"]),
        recorded_at=instant(said["recorded_at"]),
        events=tuple(
            WrittenEvent(text(event["stream"]), text(event["type"]), mapping(event["data"]))
            for event in said["events"]
        ),
        state=said["state"],
        receipts=receipts_in(said),
    )
