"""The verbs of `verify` as a group: a line that is not understood ends with 64, not with 2."""

from collections.abc import Callable
from typing import Any, Final

from typer.core import TyperGroup

from svx_ledger.proofs.finding import USAGE

_MISUNDERSTOOD: Final = 2
"""What every other verb ends with where its options are wrong; here it says "not trusted"."""


ENDS: Final = (
    "It ends with 0 verified, 1 tampered, 2 not trusted, 3 malformed, 4 withheld, 5 stale; 64 "
    "not understood, or nothing there to check; 70 this program failed, and nothing is known."
)


class VerifyGroup(TyperGroup):
    """The verbs of `verify`: a line that is not understood does not end as "not trusted"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.epilog = ENDS

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read the options of the group."""
        return _with_usage(lambda: super(VerifyGroup, self).make_context(*args, **kwargs))

    def invoke(self, ctx: Any) -> Any:
        """Read the options of a verb, and run it."""
        return _with_usage(lambda: super(VerifyGroup, self).invoke(ctx))


def _with_usage(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except Exception as fault:
        if getattr(fault, "exit_code", None) == _MISUNDERSTOOD and hasattr(fault, "show"):
            fault.exit_code = USAGE  # type: ignore[attr-defined]
        raise
