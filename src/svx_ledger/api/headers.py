"""Headers of a request, each read as one value."""

from fastapi import Request


def header_of(request: Request, name: str) -> str | None:
    """Return a header; None where it was not sent.

    What was sent on several lines is one list of all of them (RFC 9110, section 5.3). So what
    is to be one value, such as a key, is of another form where it is sent twice: it is refused
    as that, and none of the two is taken.
    """
    lines = request.headers.getlist(name)
    return ", ".join(lines) if lines else None
