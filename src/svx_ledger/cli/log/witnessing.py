"""`witness key`, `serve` and `show`: vouching that the log of somebody else only grows."""

from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from svx_ledger.cli import showing
from svx_ledger.cli.output import Unshown, say, say_json
from svx_ledger.cli.session import Session, Usage
from svx_ledger.cli.verb import add

if TYPE_CHECKING:
    from svx_ledger.witness.answering import Answer

PORT = 8100

Key = Annotated[Path, typer.Option("--key", metavar="FILE", help="As witness key made it.")]
Log = Annotated[
    list[str],
    typer.Option(
        "--log", metavar="KEY", help="A log's verifier key: NAME+ID+BASE64. Repeat it."
    ),
]
State = Annotated[
    Path | None,
    typer.Option(
        "--state", metavar="FILE", help="What was cosigned: the key's file and .state."
    ),
]
Listen = Annotated[
    str, typer.Option("--listen", metavar="ADDRESS:PORT", help="Port 0 is any free one.")
]


def add_verbs(group: typer.Typer) -> None:
    """Add the verbs of `witness`."""
    add(group, "key", key)
    add(group, "serve", serve)
    add(group, "show", show)


def key(
    session: Session,
    *,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="For ever: witness.example/w1.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="For its secret.")],
    state: State = None,
) -> None:
    """Make a witness's key and its empty state, and say the verifier key for policies.

    The two belong together: a key whose state was lost must never cosign again.
    """
    from svx_ledger.proofs.finding import Refused
    from svx_ledger.proofs.notes.keys import COSIGNATURE, SigningKey
    from svx_ledger.witness.key_file import write_key
    from svx_ledger.witness.private_file import Unfit
    from svx_ledger.witness.state import create_state

    try:
        made = SigningKey.generate(name, COSIGNATURE)
    except Refused:
        raise Usage("A name has no white space and no plus sign, and is not empty.") from None
    try:
        create_state(_state_of(out, state), made.verifier)  # first: without a key it is nothing
        write_key(out, made)
    except Unfit as fault:
        raise Usage(f"{fault}.") from None
    if session.json:
        showing.line({"name": name, "verifier_key": made.verifier.text})
    else:
        say(made.verifier.text)


def serve(
    session: Session,
    *,
    key: Key,
    log: Log,
    state: State = None,
    listen: Listen = f"127.0.0.1:{PORT}",
) -> None:
    """Cosign the heads of logs that only grow, over HTTP, until this is interrupted.

    Says on standard error what it answered, a line of JSON each.
    """
    del session
    from svx_ledger.proofs.finding import Refused
    from svx_ledger.proofs.notes.keys import parse_verifier_key
    from svx_ledger.witness import server
    from svx_ledger.witness.answering import Witness
    from svx_ledger.witness.application import create_application
    from svx_ledger.witness.key_file import read_key
    from svx_ledger.witness.private_file import Unfit
    from svx_ledger.witness.state import State as Kept

    host, port = _address(listen)
    try:
        logs = [parse_verifier_key(text) for text in log]
    except Refused as refused:
        raise Usage(f"--log takes a verifier key: {refused}.") from None
    try:
        signing = read_key(key)
        kept = Kept(_state_of(key, state), signing.verifier)
        with closing(kept):
            app = create_application(Witness(signing, logs, kept), _note)
            try:
                bound = server.listen(host, port)
            except OSError as fault:
                raise Usage(f"{listen}: {fault.strerror or type(fault).__name__}.") from None
            where = _url(*bound.getsockname()[:2])
            origins = sorted({one.name for one in logs})
            with closing(bound):
                served = server.serve(
                    app,
                    bound,
                    lambda: _line(
                        "serving", url=where, key=signing.verifier.text, origins=origins
                    ),
                )
    except Unfit as fault:
        raise Usage(f"{fault}.") from None
    _line("stopped")
    if not served:
        raise typer.Exit(1)


def show(session: Session, *, key: Key, state: State = None) -> None:
    """Show the name and the verifier key, and the newest head of each log that was cosigned.

    A witness that runs meanwhile is not disturbed. With --json each head has its signed note.
    """
    from svx_ledger.proofs.notes.note import base64_text
    from svx_ledger.proofs.telling.log import shown, time_text
    from svx_ledger.witness.key_file import read_key
    from svx_ledger.witness.private_file import Unfit
    from svx_ledger.witness.state import State as Kept
    from svx_ledger.witness.state import Unavailable

    try:
        verifier = read_key(key).verifier
        with closing(Kept(_state_of(key, state), verifier)) as kept:
            heads, contradictions = kept.heads(), kept.two_roots()
    except (Unfit, Unavailable) as fault:
        raise Usage(f"{fault}.") from None
    if session.json:
        logs = [
            {
                "origin": origin,
                "size": held.size,
                "root": base64_text(held.root),
                "cosigned_at": held.time,
                "note": held.note.decode(),
            }
            for origin, held in heads.items()
        ]
        two_roots = [{"origin": origin, "size": size} for origin, size in contradictions]
        told = {"name": verifier.name, "verifier_key": verifier.text}
        showing.line({**told, "logs": logs, "two_roots": two_roots})
        return
    say(verifier.text)
    rows = [
        (shown(origin), held.size, base64_text(held.root), time_text(held.time))
        for origin, held in heads.items()
    ]
    if rows:
        showing.table(("log", "size", "root", "cosigned at"), rows)
    else:
        say("nothing was cosigned yet")
    for origin, size in contradictions:
        say(f"TWO ROOTS: {shown(origin)} signed another one at {size} leaves: docs/witness.md")


def _note(answer: "Answer") -> None:
    _line("answered", status=answer.status, origin=answer.origin, why=answer.why)


def _line(event: str, **fields: object) -> None:
    """Say one thing; where nobody takes it, the work goes on without."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    with suppress(Unshown):
        say_json({"time": at, "event": event} | fields, err=True)


def _state_of(key: Path, state: Path | None) -> Path:
    return state or key.with_name(f"{key.name}.state")


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port[:6]) > 65_535:
        raise Usage("--listen takes ADDRESS:PORT, such as 127.0.0.1:8100.")
    return host.removeprefix("[").removesuffix("]"), int(port[:6])


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
