"""Settings: from an argument, else the environment (`SVX_…`), else `svx.toml`.

Those of `svx-ledger serve` are `SVX_SERVE_…`, and stand under `[serve]` in the file.
"""

from .addresses import redacted
from .file import FILE, BadSettings
from .ledger import NAMES, Settings, read_settings
from .serving import (
    ANONYMOUS_REQUESTS,
    AT_ONCE,
    CONNECTIONS,
    CONNECTIONS_EACH,
    REQUESTS,
    SERVE_NAMES,
    LogForm,
    Role,
    ServeSettings,
    read_serve_settings,
)
from .variables import unknown_variables

__all__ = [
    "ANONYMOUS_REQUESTS",
    "AT_ONCE",
    "CONNECTIONS",
    "CONNECTIONS_EACH",
    "FILE",
    "NAMES",
    "REQUESTS",
    "SERVE_NAMES",
    "BadSettings",
    "LogForm",
    "Role",
    "ServeSettings",
    "Settings",
    "read_serve_settings",
    "read_settings",
    "redacted",
    "unknown_variables",
]
