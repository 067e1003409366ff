"""How `verify` ends: with exit codes of its own.

0 verified, 1 tampered, 2 not trusted, 3 malformed, 4 withheld, 5 stale, 64 usage; 70 where this
program failed itself. They tell a script what the check came to, so no failure of another kind
may end with one of them.
"""

import sys
import traceback
from collections.abc import Callable
from typing import Final

import typer

from svx_ledger.cli.failing import tell_plainly
from svx_ledger.cli.output import Unshown
from svx_ledger.cli.session import Session, Usage
from svx_ledger.proofs.finding import FAILED, USAGE, VERIFIED, Code, Finding, Refused
from svx_ledger.proofs.telling.log import shown
from svx_ledger.settings import BadSettings

from .telling import Told, tell_findings

INTERRUPTED: Final = 130


def end(session: Session, check: Callable[[], None]) -> None:
    """Run a check and end with the exit code that it comes to."""
    code = _code_of(session, check)
    if code != VERIFIED:
        raise typer.Exit(code)


def _code_of(session: Session, check: Callable[[], None]) -> int:
    from svx_ledger.eventlog.open import BadAddress
    from svx_ledger.eventlog.store import StoreError, UnsafeStore

    try:
        check()
    except Told as told:
        return told.code
    except Refused as refused:
        return tell_findings(session, [refused.finding])
    except (Usage, BadSettings, BadAddress, UnsafeStore, OSError) as fault:
        tell_plainly(session, shown(str(fault)))
        return USAGE
    except StoreError as fault:
        return tell_findings(session, [Finding(Code.WITHHELD, str(fault))])
    except Unshown as fault:
        return VERIFIED if fault.closed else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - what is wrong in this program is no finding
        traceback.print_exc(file=sys.stderr)
        return FAILED
    return VERIFIED
