"""What both clients have to do with the HTTP library: the key, the times, what failed.

The library's exceptions hold the request with its headers: they are turned into `Lost` and let
go before anything is raised.
"""

import ssl
from collections.abc import Callable, Generator
from time import monotonic
from typing import Any, Final

import httpx2

from svx_ledger import __version__

from .address import checked_key
from .asked import Heard, Lost, Request
from .core import Core
from .following import STREAM
from .outcomes import NotAnswered

CUT: Final = (httpx2.HTTPError, httpx2.StreamError, OSError)
FAILURES: Final = (*CUT, RuntimeError)
"""What is raised where no answer comes; RuntimeError where the client is closed."""
CLOSED: Final = Lost("the client is closed", sent=False, hopeless=True)
CLOSED_MEANWHILE: Final = Lost("the client was closed", sent=True, hopeless=True)
TOO_LATE: Final = Lost("the answer did not come in time", sent=True)
_LEAST_SECONDS: Final = 0.001
_MOST_SECONDS: Final = 86_400.0
"""As long as a socket can wait, and longer than anybody does."""
_NOT_SENT: Final = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)


class Bearer(httpx2.Auth):
    """The key, which is put on a request as it leaves. Nothing shows it."""

    __slots__ = ("_key",)

    def __init__(self, key: str) -> None:
        self._key = checked_key(key)

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Add the key to a request."""
        request.headers["Authorization"] = f"Bearer {self._key}"
        yield request

    def __repr__(self) -> str:
        return "<a key>"

    def __reduce__(self) -> Any:
        raise TypeError("a key is not pickled")


class Left(dict[str, float]):
    """The seconds that are left of an attempt, whichever step of it asks.

    A connection that was being opened while the client was closed is opened all the same:
    nothing is sent on it.
    """

    def __init__(self, until: float, is_closed: Callable[[], bool]) -> None:
        super().__init__()
        self._until = until
        self._is_closed = is_closed

    def get(self, key: str, default: Any = None) -> Any:
        """Return the seconds that are left now. Raises ConnectError instead of sending."""
        del default
        if key == "write" and self._is_closed():
            raise httpx2.ConnectError(CLOSED.how)
        return min(_MOST_SECONDS, max(_LEAST_SECONDS, self._until - monotonic()))


class LeftThenSilence(Left):
    """As `Left` until the connection stands; then how long a live stream may be silent."""

    def __init__(self, until: float, is_closed: Callable[[], bool], silence: float) -> None:
        super().__init__(until, is_closed)
        self._silence = silence
        self.connected = False

    def get(self, key: str, default: Any = None) -> Any:
        """Return the seconds for what comes next."""
        return self._silence if self.connected else super().get(key, default)


def settings(core: Core, key: str | None) -> dict[str, Any]:
    """Return what the library's client is made with.

    No redirect is followed: the key is for one address. Where there is no TLS no proxy of the
    environment is used either: it would read the key; and no certificates are loaded, which
    takes longest of all. Raises ValueError.
    """
    try:
        httpx2.URL(core.base)
    except httpx2.InvalidURL as fault:
        message = f"base_url is no address: {fault}"
        raise ValueError(message) from None
    encrypts = core.base.startswith("https:")
    return {
        "auth": None if key is None else Bearer(key),
        "follow_redirects": False,
        "trust_env": encrypts,
        "verify": True if encrypts else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        "headers": {"User-Agent": f"svx-ledger-client/{__version__}"},
        "timeout": core.patience.timeout,
    }


def built(
    http: httpx2.Client | httpx2.AsyncClient, base: str, request: Request, seconds: Left
) -> httpx2.Request:
    """Return a request as the library sends it. Raises ValueError for what is no path."""
    try:
        return http.build_request(
            request.method,
            base + request.path,
            headers=dict(request.headers),
            content=request.content,
            extensions={"timeout": seconds},
        )
    except httpx2.InvalidURL as fault:  # too long, as nothing else is left
        message = f"no address is made of this path: {fault}"
    raise ValueError(message)


def heard(response: httpx2.Response, body: bytes = b"") -> Heard:
    """Return an answer as plain values."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Heard(response.status_code, headers, body)


def is_stream(response: httpx2.Response) -> bool:
    """Whether a live stream begins here."""
    return response.status_code == 200 and heard(response).media_type == STREAM


def closed_meanwhile() -> NotAnswered:
    """Return what is said of a live stream whose client was closed."""
    return NotAnswered(reason=CLOSED_MEANWHILE.how, repeatable=False)


def lost(failure: Exception, *, closed: bool) -> Lost:
    """Return what a failure says of the attempt: without the request, which has the key.

    `closed` says that the client was closed meanwhile. Raises what no connection failed by.
    """
    sent = not isinstance(failure, _NOT_SENT)
    if closed:
        return CLOSED_MEANWHILE._replace(sent=sent)
    if isinstance(failure, RuntimeError):
        raise failure
    if isinstance(failure, httpx2.TimeoutException | TimeoutError):
        return Lost("no connection in time" if not sent else TOO_LATE.how, sent=sent)
    if sent:
        return Lost("the connection was lost", sent=True)
    said = str(failure)
    return Lost(f"no connection: {said}", sent=False, hopeless="CERTIFICATE_VERIFY" in said)
