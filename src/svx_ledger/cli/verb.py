"""What every verb has in common: the global options, before or after it, and how it ends."""

import os
from collections.abc import Callable, Sequence
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any

import typer

from svx_ledger.settings import FILE, Settings, read_settings

from .failing import attempt
from .session import Session


def _version(asked: bool) -> None:  # noqa: FBT001 - the form that typer calls
    if asked:
        from svx_ledger import __version__

        typer.echo(f"svx-ledger {__version__}")
        raise typer.Exit


def option(name: str, annotation: Any, default: Any = None) -> Parameter:
    """Return a parameter as typer reads it; without a default (`...`) it is required."""
    given = Parameter.empty if default is ... else default
    return Parameter(name, Parameter.KEYWORD_ONLY, default=given, annotation=annotation)


Ledger = Annotated[
    str | None,
    typer.Option(
        "--ledger",
        metavar="URL",
        help="sqlite:///FILE or postgresql://… [env: SVX_LEDGER; default: sqlite:///svx.db]",
    ),
]
Actor = Annotated[
    str | None,
    typer.Option(
        "--actor", metavar="ROLE:ORG/PERSON", help="Who acts. The operator may leave ORG out."
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Answer in JSON, a line each for lists; errors too.")
]
Version = Annotated[
    bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which.")
]
_COMMON = {"ledger": Ledger, "actor": Actor, "json": Json, "version": Version}
_DEFAULTS = {"ledger": None, "actor": None, "json": False, "version": False}
OPTIONS = [option(name, _COMMON[name], _DEFAULTS[name]) for name in _COMMON]
CONTEXT = Parameter("ctx", Parameter.KEYWORD_ONLY, annotation=typer.Context)

CommandId = Annotated[
    str | None,
    typer.Option(
        "--command-id",
        metavar="ID",
        help="Makes a repeat harmless: the same id gives the first answer again.",
    ),
]
ExpectedVersion = Annotated[
    int | None,
    typer.Option(
        "--expected-version",
        metavar="N",
        help="Conflict (5) unless the stream is at it.",
    ),
]
OnBehalfOf = Annotated[
    str | None,
    typer.Option(
        "--on-behalf-of", metavar="ORG", help="Whose thing it is, where the operator enters it."
    ),
]
GIVING = [
    option("command_id", CommandId),
    option("expected_version", ExpectedVersion),
    option("on_behalf_of", OnBehalfOf),
]
"""How a command is given, whichever it is."""


def add_options(app: typer.Typer) -> None:
    """Take the global options before the verb."""

    def remember(ctx: typer.Context, **given: Any) -> None:
        ctx.obj = given

    _sign(remember, [CONTEXT, *OPTIONS])
    app.callback()(remember)


def add(
    app: typer.Typer,
    name: str,
    run: Callable[..., None],
    *,
    parameters: Sequence[Parameter] | None = None,
    meaning: str | None = None,
) -> None:
    """Add a verb that runs `run(session, **parameters)`, by default those it is written with.

    A refusal or a failure that is foreseen ends in its message and exit code.
    """
    if parameters is None:
        parameters = [*signature(run, eval_str=True).parameters.values()][1:]

    def verb(ctx: typer.Context, **given: Any) -> None:
        common = dict(ctx.obj or {})
        common |= {n: value for n in _COMMON if (value := given.pop(n))}
        session = Session(_settings(common), json=bool(common.get("json")))
        raise typer.Exit(attempt(session, lambda: run(session, **given)))

    verb.__doc__ = meaning or run.__doc__
    _sign(verb, [CONTEXT, *parameters, *OPTIONS])
    app.command(name)(verb)


def add_default(group: typer.Typer, run: Callable[..., None]) -> None:
    """Let a group without a verb run `run(session, **parameters)`, with its options."""
    parameters = [*signature(run, eval_str=True).parameters.values()][1:]

    def verb(ctx: typer.Context, **given: Any) -> None:
        common = dict(ctx.obj or {})
        common |= {n: value for n in _COMMON if (value := given.pop(n))}
        ctx.obj = common
        if ctx.invoked_subcommand is None:
            session = Session(_settings(common), json=bool(common.get("json")))
            raise typer.Exit(attempt(session, lambda: run(session, **given)))

    _sign(verb, [CONTEXT, *parameters, *OPTIONS])
    group.callback(invoke_without_command=True, no_args_is_help=False)(verb)


def _settings(common: dict[str, Any]) -> Callable[[], Settings]:
    given = {name: common.get(name) for name in ("ledger", "actor")}
    return lambda: read_settings(given, os.environ, Path(FILE))


def _sign(function: Callable[..., Any], parameters: Sequence[Parameter]) -> None:
    """Give a function the signature that typer makes its options of."""
    in_order = [p.replace(kind=Parameter.KEYWORD_ONLY) for p in parameters]
    function.__signature__ = Signature(in_order)  # type: ignore[attr-defined]
    function.__annotations__ = {}
