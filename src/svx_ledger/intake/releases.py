"""The releases in an OCDS document: a package, a record, or a bare release; 1.0 and 1.1.

A record with its releases in full is those releases: its compiled release only merges them.
A record that merely links to its releases is its compiled release.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from .exact import Faulty

NEITHER = "neither an OCDS release, nor a record or a package of them"


class Found(NamedTuple):
    """A release, or the fault that stands in its place, with where it was found."""

    pointer: str
    value: Any
    publisher: Any = None


def releases_in(document: Any) -> Iterator[Found]:
    """Find the releases of a document, in its order."""
    if isinstance(document, Faulty):
        yield Found(document.pointer, document)
    elif isinstance(document, list):
        for n, item in enumerate(document):
            yield from _one(f"/{n}", item, None)
    else:
        yield from _one("", document, None)


def _one(pointer: str, value: Any, publisher: Any) -> Iterator[Found]:
    if not isinstance(value, dict):
        yield Found(pointer, Faulty(getattr(value, "reason", NEITHER)))
        return
    publisher = value.get("publisher") or publisher
    if "records" in value:
        yield from _each(f"{pointer}/records", value["records"], publisher, _one)
        if "releases" in value:  # both sorts of a package in one
            yield from _each(f"{pointer}/releases", value["releases"], publisher, _bare)
    elif value.keys() & {"compiledRelease", "versionedRelease"} or (
        "ocid" in value and "releases" in value
    ):
        yield from _record(pointer, value, publisher)
    elif "releases" in value:
        yield from _each(f"{pointer}/releases", value["releases"], publisher, _bare)
    elif "ocid" in value:
        yield Found(pointer, value, publisher)
    else:
        yield Found(pointer, Faulty(NEITHER))


def _each(pointer: str, values: Any, publisher: Any, read: Any) -> Iterator[Found]:
    if not isinstance(values, list):
        yield Found(pointer, Faulty("no list"))
        return
    for n, value in enumerate(values):
        yield from read(f"{pointer}/{n}", value, publisher)


def _bare(pointer: str, value: Any, publisher: Any) -> Iterator[Found]:
    if isinstance(value, dict):
        yield Found(pointer, value, publisher)
    else:
        yield Found(pointer, Faulty(getattr(value, "reason", "no object")))


def _record(pointer: str, record: dict[str, Any], publisher: Any) -> Iterator[Found]:
    releases = record.get("releases")
    linked = isinstance(releases, list) and all(
        isinstance(release, dict) and "url" in release and "ocid" not in release
        for release in releases
    )
    if releases and not linked:
        yield from _each(f"{pointer}/releases", releases, publisher, _bare)
    elif isinstance(record.get("compiledRelease"), dict):
        yield Found(f"{pointer}/compiledRelease", record["compiledRelease"], publisher)
    else:
        yield Found(pointer, Faulty("a record with neither releases nor a compiled release"))
