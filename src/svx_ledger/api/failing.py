"""Failures as problems: whatever a route raises ends in one, and says what was done.

The words of a failure are for whoever keeps the ledger, and stand in the log beside the request
id. Whoever asked is told which failure it is, and what it means for the command.
"""

import logging
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.record import Unreadable
from svx_ledger.eventlog.store import StoreError
from svx_ledger.ledger import CommandFailed

from .problems import problem_of, problem_of_refusal
from .refusals import BAD_PARAMETER, BODY_TOO_LARGE, FAULT, NO_SUCH_PATH, WRONG_METHOD, Declined
from .responses import problem_answer

Handler = Callable[[Request, Exception], Awaitable[Response]]
_log = logging.getLogger(__name__)


def add_failures(app: FastAPI) -> None:
    """Let each failure that is foreseen end in its problem."""
    for failure, handler in (
        (Declined, _declined),
        (Malformed, _malformed),
        (StoreError, _foreseen),
        (CommandFailed, _foreseen),
        (Unreadable, _unreadable),
        (RequestValidationError, _bad_parameter),
        (HTTPException, _of_the_framework),
    ):
        app.add_exception_handler(failure, handler)


async def _declined(_: Request, failure: Exception) -> Response:
    assert isinstance(failure, Declined)
    return problem_answer(failure.problem, failure.headers)


async def _malformed(_: Request, failure: Exception) -> Response:
    assert isinstance(failure, Malformed)
    return problem_answer(problem_of_refusal(failure.refusal()))


async def _foreseen(request: Request, failure: Exception) -> Response:
    """Say of a failure of the store or the writer what is known about the write.

    A command is named once its id was found to be of the right form (`commands.routes`).
    """
    damage = isinstance(failure, CommandFailed)
    # After a colon, that of damage may quote what is stored; a store's words do not.
    said = str(failure).partition(": ")[0] if damage else str(failure)
    _log.log(logging.ERROR if damage else logging.WARNING, *_noted(request, failure, said))
    problem = problem_of(failure, getattr(request.state, "command_id", None), words=False)
    assert problem is not None
    return problem_answer(problem)


async def _unreadable(request: Request, failure: Exception) -> Response:
    """Say that there is a fault: which record cannot be read, the log says."""
    assert isinstance(failure, Unreadable)
    _log.error(*_noted(request, failure, failure.where))
    return problem_answer(FAULT)


def _noted(request: Request, failure: Exception, said: str) -> tuple[str, ...]:
    """Return what is logged of a failure: its kind, its words, and the request that met it."""
    return "%s: %s, request %s", type(failure).__name__, said, request.state.request_id


async def _bad_parameter(_: Request, failure: Exception) -> Response:
    del failure  # its text repeats the input
    return problem_answer(BAD_PARAMETER)


async def _of_the_framework(_: Request, failure: Exception) -> Response:
    assert isinstance(failure, HTTPException)
    known = {404: NO_SUCH_PATH, 405: WRONG_METHOD, 413: BODY_TOO_LARGE}
    problem = known.get(failure.status_code, FAULT)
    return problem_answer(problem, failure.headers)
