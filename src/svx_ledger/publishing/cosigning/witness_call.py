"""One request to a witness over HTTP, whatever answers: bounded in bytes and in time.

An answer is not trusted here. A witness that is down, slow or hostile costs a few seconds.
"""

import ssl
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import httpx2

CONNECT_SECONDS: Final = 2.0
ANSWER_BYTES: Final = 64 * 2**10
"""The longest answer that is read: hundreds of cosignatures, where one is expected."""


class NotAsked(Exception):
    """A witness gave no answer that can be used; the text says why in few words."""


class WitnessAnswer(NamedTuple):
    """What it answered; `media_type` without its parameters."""

    status: int
    media_type: str
    body: bytes


def new_client(*, encrypted: bool) -> "httpx2.AsyncClient":
    """Return a client for witnesses.

    No redirect is followed: a witness is where the policy says. Certificates, which take
    longest to load, are loaded only where an address needs them.
    """
    import httpx2

    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(
            None, connect=CONNECT_SECONDS
        ),  # the whole is timed by the caller
        follow_redirects=False,
        trust_env=encrypted,
        verify=True if encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        headers={"Accept-Encoding": "identity"},
    )


async def call(client: "httpx2.AsyncClient", url: str, body: bytes) -> WitnessAnswer:
    """Send `add-checkpoint` to the witness with this submission prefix. Raises NotAsked."""
    import httpx2

    address = f"{url.rstrip('/')}/add-checkpoint"
    try:
        async with client.stream("POST", address, content=body) as response:
            answer = bytearray()
            async for chunk in response.aiter_raw():  # never unpacked: a small one may be huge
                answer += chunk
                if len(answer) > ANSWER_BYTES:
                    raise NotAsked(f"it answered more than {ANSWER_BYTES} bytes")
    except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OSError) as fault:
        raise NotAsked(f"no answer ({type(fault).__name__})") from None
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return WitnessAnswer(response.status_code, media_type, bytes(answer))
