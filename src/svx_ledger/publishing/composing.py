"""A publisher with everything it needs, as settings name it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.notes.policy import Policy
from svx_ledger.proofs.notes.policy_file import POLICY_LENGTH, parse_policy
from svx_ledger.publishing.cosigning.quorum import Quorum
from svx_ledger.publishing.keys.signing import KeysAtHand, read_keys
from svx_ledger.publishing.outside.directory import Directory
from svx_ledger.publishing.outside.mark import Mark
from svx_ledger.publishing.outside.public_files import PublicFiles
from svx_ledger.publishing.state.database import NotPublished
from svx_ledger.publishing.state.opening import key_path, mark_path, open_state

from .lateness import recorded_on
from .own_stream import Log
from .places import Places
from .publisher import Publisher
from .releasing import Released, Releaser
from .signer import Signer


@contextmanager
def open_publisher(
    log: Log,
    url: str,
    *,
    directory: Path | None = None,
    keys: str | None = None,
    mark: str | None = None,
    policy: str | None = None,
    published: Callable[[Released], None] = lambda _: None,
) -> Iterator[Publisher]:
    """Yield a publisher of the ledger at an address; stop it before this ends.

    `keys`, `mark` and `policy` name files; without them keys and mark are beside an SQLite
    ledger, and no witness is asked. Without a directory the log is served by others, from the
    state. Raises NotPublished for a file that is not what it should be.
    """
    key_file, mark_file = key_path(url, keys), mark_path(url, mark)
    if key_file is None:
        raise NotPublished(
            "no log key: name its file (SVX_LOG_KEY), and make it with "
            "`svx-ledger key log make`"
        )
    signing = KeysAtHand(partial(read_keys, key_file))
    with ExitStack() as stack:
        database = open_state(url)
        stack.callback(database.close)
        quorum, told, give_up = None, policy_named(policy), None
        if told is not None:
            from svx_ledger.publishing.cosigning.witnesses import Witnesses

            witnesses = Witnesses(told)
            stack.callback(witnesses.close)
            quorum, give_up = Quorum(told, witnesses), witnesses.give_up
        places = Places(
            mark=Mark(mark_file) if mark_file else None,
            directory=Directory(PublicFiles(directory)) if directory else None,
            quorum=quorum,
        )
        signer = Signer(log, database, signing, places)
        releaser = Releaser(places, recorded_on(log))
        yield Publisher(signer, releaser, published=published, give_up=give_up)


def policy_named(file: str | None) -> Policy | None:
    """Read the policy that is in force; None where none is named. Raises NotPublished."""
    return None if file is None else read_policy(Path(file))


def read_policy(path: Path) -> Policy:
    """Read the policy that names the log's witnesses. Raises NotPublished."""
    try:
        with path.open(encoding="utf-8") as file:
            return parse_policy(file.read(POLICY_LENGTH + 1))
    except FileNotFoundError:
        raise NotPublished(
            f"there is no policy {path}: name the file that has it (SVX_POLICY)"
        ) from None
    except (OSError, UnicodeDecodeError, Refused) as fault:
        why = fault.strerror if isinstance(fault, OSError) else fault
        raise NotPublished(f"the policy {path}: {why}") from None
