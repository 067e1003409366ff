"""Where the next page of a list is, as the header Link says it (RFC 8288)."""

from urllib.parse import urlencode

from fastapi import Request


def link_to_next(request: Request, **begins: object) -> str:
    """Return the header Link: what was asked, but for where it `begins`.

    The address is relative to the service. What was waited for is there by now.
    """
    given = {n: value for n, value in request.query_params.items() if n != "wait_for"}
    return f'<{request.url.path}?{urlencode(given | begins)}>; rel="next"'
