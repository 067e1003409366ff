"""What `verify` reads: a log by its address or folder, and whom the user trusts."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from svx_ledger.cli.progress import reached
from svx_ledger.cli.session import Usage
from svx_ledger.proofs.files.published_log import CHECKPOINT, PublishedLog, log_in
from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.notes.policy import Policy, policy_of_keys
from svx_ledger.proofs.notes.policy_file import POLICY_LENGTH, parse_policy

from .in_time import in_time
from .patience import LATER, Later, patiently

if TYPE_CHECKING:
    import httpx2

Where = Annotated[
    str, typer.Argument(metavar="URL|DIR", help="Where the log's checkpoint and tiles are.")
]
LogOption = Annotated[
    str | None,
    typer.Option("--log", metavar="URL|DIR", help="Where its checkpoint and tiles are."),
]
Keys = Annotated[
    list[str] | None,
    typer.Option(
        "--key",
        metavar="VKEY",
        help="A log's public key, name+id+key; repeat it for each key. No witness.",
    ),
]
PolicyFile = Annotated[
    Path | None,
    typer.Option("--policy", metavar="FILE", help="Whom to trust: a C2SP tlog-policy."),
]
Evidence = Annotated[
    Path | None,
    typer.Option("--evidence", metavar="FILE", help="Where tamper evidence goes, if any."),
]
Processes = Annotated[
    int,
    typer.Option(
        "--processes", metavar="N", help="How many, in a folder: one a core by default.", min=0
    ),
]

TIMEOUT_SECONDS: Final = 30.0
ANSWER_SECONDS: Final = 60.0
"""How long a server may take for one file, however little it lets come at a time."""
_MISSING: Final = (404, 410)


def trusted_by(keys: Sequence[str] | None, file: Path | None) -> Policy:
    """Return whom the user trusts. Raises Usage."""
    if bool(keys) == (file is not None):
        raise Usage("say whom you trust: --key VKEY or --policy FILE, from somewhere else")
    try:
        if file is None:
            return policy_of_keys(keys or ())
        return parse_policy(read_file(file, POLICY_LENGTH).decode())
    except Refused as refused:
        raise Usage(f"{file or '--key'}: {refused.finding.detail}") from None
    except UnicodeDecodeError:
        raise Usage(f"{file} is not a policy: it is not UTF-8") from None


def read_file(path: Path, most: int) -> bytes:
    """Read a file, or a little more than `most` bytes of a longer one. Raises Usage."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as fault:
        raise Usage(f"{path}: {fault.strerror or type(fault).__name__}") from None


def watched(done: Iterable[int], total: int) -> Iterator[int]:
    """Show how far a check is, where somebody waits for it."""
    return reached(done, total, "verifying")


def is_address(where: str) -> bool:
    """Whether a log is asked for over the network, not in a folder."""
    return "://" in where


@contextmanager
def published(where: str) -> Iterator[PublishedLog]:
    """Open a log by its address (http, https) or its folder. Raises Usage.

    Where a server says so, it is asked again after a while. An address without a checkpoint is
    none of a log: that raises Usage, as nothing was shown that could be withheld.
    """
    with asked_once(where) as log:
        yield patiently(log)


@contextmanager
def asked_once(where: str) -> Iterator[PublishedLog]:
    """Open a log as `published` does; reading it raises Later where a server says so."""
    if not is_address(where):
        if not Path(where).is_dir():
            raise Usage(f"{where} is no folder, and no address that begins with https://")
        yield log_in(Path(where))
        return
    if not where.startswith(("https://", "http://")):
        raise Usage("a log is read over https or http, or in a folder")
    try:
        import httpx2
    except ModuleNotFoundError:
        raise Usage("reading a log over HTTP needs: pip install 'svx-ledger[client]'") from None
    with httpx2.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False) as client:
        yield PublishedLog(partial(_answered, client, where.rstrip("/")))


def _answered(client: "httpx2.Client", base: str, name: str, most: int) -> bytes | None:
    """Ask for a file. Raises Usage where there is no log at all, as its checkpoint shows."""
    try:
        found = in_time(partial(_file_at, client, base, name, most), name, ANSWER_SECONDS)
    except Later:
        raise
    except Refused as refused:
        if name != CHECKPOINT:
            raise
        raise Usage(f"no answer from {base} ({refused.finding.detail})") from None
    if found is None and name == CHECKPOINT:
        raise Usage(f"no checkpoint at {base}: is the log at {base}/log?")
    return found


def _file_at(client: "httpx2.Client", base: str, name: str, most: int) -> bytes | None:
    """Ask for a file; whatever is no clear answer is as good as none."""
    import httpx2

    asked = {"Accept-Encoding": "identity"}  # what is unpacked could be of any length
    try:
        with client.stream("GET", f"{base}/{name}", headers=asked) as answer:
            if answer.status_code in _MISSING:
                return None
            if answer.status_code in LATER:
                raise Later(name, answer.status_code, answer.headers.get("retry-after"))
            if not answer.is_success:
                detail = f"{name}: the log answers {answer.status_code}"
                raise Refused(Code.WITHHELD, detail)
            data = bytearray()
            for piece in answer.iter_raw():
                data += piece
                if len(data) > most:
                    break
            return bytes(data)
    except httpx2.InvalidURL as fault:
        raise Usage(f"{base} is no address: {fault}") from None
    except httpx2.HTTPError as fault:
        detail = f"{name}: {type(fault).__name__}: {fault}"
        raise Refused(Code.WITHHELD, detail) from None
