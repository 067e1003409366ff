"""Variables of the environment that look like settings, and are none."""

from collections.abc import Mapping
from typing import Final

from .ledger import NAMES
from .serving import SERVE_NAMES

_PREFIX: Final = "SVX_"
_SETTINGS: Final = frozenset(
    [f"{_PREFIX}{name.upper()}" for name in NAMES]
    + [f"{_PREFIX}SERVE_{name.upper()}" for name in SERVE_NAMES]
)
_OTHERS: Final = frozenset(
    f"{_PREFIX}{name}"
    for name in (
        "SERVING",  # what a worker is told
        *("URL", "KEY", "RIVAL_KEY", "COMMUNITY_KEY"),  # of whoever asks an API, in the docs
        # What the tests read:
        *("TEST_DATA", "REQUIRE_POSTGRES", "AUDIT_AUCTIONS", "LEVERAGE_PLEDGES"),
        *("MACHINE_STEPS", "MACHINE_SEED", "REAL_HISTORIES", "REPLAY_INSTANTS"),
    )
)


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """Return the names, in order, that begin like a setting's and that nothing here reads.

    Such a name is mistyped: the setting that was meant is not in force.
    """
    ours = (name for name in environment if name.upper().startswith(_PREFIX))
    return sorted(name for name in ours if name not in _SETTINGS | _OTHERS)
