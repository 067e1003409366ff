"""The address of a ledger as it may be shown: without a password, wherever that stands."""

import re
from typing import Final
from urllib.parse import unquote

NOT_SHOWN: Final = "not an address (not shown)"

_HOST: Final = r"(?:[\w.%~-]*|\[[\w:.%]+\])(?::\d*)?"
_POSTGRES: Final = re.compile(
    r"(?P<scheme>postgres(?:ql)?://)"
    r"(?:(?P<user>(?:[\w.~+-]|%(?!3[Aa]))*)(?P<password>:[^@/]*)?@)?"
    rf"(?P<place>{_HOST}(?:,{_HOST})*(?:/[\w.%~+$-]*)?)"
    r"(?:\?(?P<query>.+))?"
)
"""As libpq reads one, and narrower: what stands anywhere else may be part of a password."""
_PARAMETER: Final = re.compile(r"(?P<name>[\w%]+)=(?P<value>[^=]*)")
_PLAIN: Final = re.compile(r"[\w./%~,+-]*")
_SHOWN: Final = frozenset(
    (
        *("application_name", "channel_binding", "client_encoding", "connect_timeout"),
        *("dbname", "fallback_application_name", "gssdelegation", "gssencmode", "gsslib"),
        *("host", "hostaddr", "keepalives", "keepalives_count", "keepalives_idle"),
        *("keepalives_interval", "krbsrvname", "load_balance_hosts", "options", "passfile"),
        *("port", "require_auth", "requirepeer", "service", "sslcert", "sslcertmode"),
        *("sslcompression", "sslcrl", "sslcrldir", "sslkey", "sslmode", "sslnegotiation"),
        *("sslrootcert", "sslsni", "ssl_max_protocol_version", "ssl_min_protocol_version"),
        *("target_session_attrs", "tcp_user_timeout", "user"),
    )
)
"""Parameters of libpq that are no secret. A name that is mistyped may be one."""


def redacted(url: str) -> str:
    """Return an address without its password; of what is no address, only that."""
    from svx_ledger.eventlog.open import BadAddress, sqlite_file

    try:
        if sqlite_file(url) is not None:
            return url
    except BadAddress:
        return NOT_SHOWN
    read = _POSTGRES.fullmatch(url)
    if read is None:
        return NOT_SHOWN
    parts = [_PARAMETER.fullmatch(one) for one in (read["query"] or "").split("&") if one]
    parameters = [_parameter(one) for one in parts if one is not None]
    if len(parameters) < len(parts):
        return NOT_SHOWN
    password = "" if read["password"] is None else ":***"
    user = "" if read["user"] is None else f"{read['user']}{password}@"
    query = f"?{'&'.join(parameters)}" if parameters else ""
    return f"{read['scheme']}{user}{read['place']}{query}"


def _parameter(read: re.Match[str]) -> str:
    shown = unquote(read["name"]) in _SHOWN and _PLAIN.fullmatch(read["value"])
    return f"{read['name']}={read['value'] if shown else '***'}"
