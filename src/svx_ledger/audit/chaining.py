"""What is around the events of a command: positions, versions, links, times, salts."""

from collections.abc import Iterator, Mapping

from .finding import Finding, Plain
from .grouping import Group
from .reading import Read
from .streams import Entry

OPENING_TYPE = "ledger-opened.v1"


def in_place(group: Group, reads: list[Read]) -> bool:
    """Whether a command of one event is where it should be: most are, and no more is asked."""
    first = reads[0]
    return (
        len(reads) == 1
        and group.whole
        and first.command is not None
        and not first.faults
        and first.position == group.after + 1
        and first.at > group.at
        and first.position > 1
    )


def log_faults(group: Group, reads: list[Read]) -> Iterator[Finding]:
    """Hold a group to its place in the log, and its records to their bytes."""
    after = group.after
    for read in reads:
        if read.position != after + 1:
            yield _of(read, "position-gap", read.position, after + 1)
        after = read.position
        for rule, recorded, derived in read.faults:
            yield _of(read, rule, recorded, derived)
    first = reads[0]
    if group.after == 0 and first.type != OPENING_TYPE:
        yield _of(first, "not-opened", first.type, OPENING_TYPE)
    command = first.command
    if not group.whole and not group.excused and command is not None:
        yield _of(
            reads[-1],
            "command-incomplete",
            {"n": [read.command and read.command.n for read in reads], "of": command.of},
            {"n": list(range(1, command.of + 1)), "of": command.of},
        )
    yield from _times(group, [read for read in reads if read.command is not None])
    yield from _one_command([read for read in reads if read.command is not None])


def _times(group: Group, reads: list[Read]) -> Iterator[Finding]:
    """Time grows between commands, strictly, and stands still within one."""
    if not reads:
        return
    first = reads[0]
    alone = group.whole or first.command is None or first.command.n == 1
    if alone and first.at <= group.at:  # one form for all: they sort as the instants do
        yield _of(first, "time-backwards", first.at, f"after {group.at}")
    for read in reads[1:]:
        if read.at != first.at:
            yield _of(read, "time-of-a-command", read.at, first.at)


def _one_command(reads: list[Read]) -> Iterator[Finding]:
    """The events of one command say the same of who gave it, what it was and whence."""
    for read in reads[1:]:
        said, expected = _command(read), _command(reads[0])
        if said != expected:
            yield _of(read, "command-incomplete", said, expected)


def _command(read: Read) -> Plain:
    command = read.command
    assert command is not None
    who = read.actor
    return {
        "principal": who.principal,
        "type": command.type,
        "sha256": command.sha256,
        **read.traced,
    }


def link_faults(
    reads: list[Read], entries: Mapping[str, Entry], opening: bytes | None
) -> list[Finding]:
    """Hold each event to the one before it on its stream, and move on to it."""
    found: list[Finding] = []
    for read in reads:
        entry = entries[read.stream]
        after = entry.version
        if read.version != after + 1:
            found.append(_of(read, "version-gap", read.version, after + 1))
        if read.command is not None:
            leaf = entry.leaf if after else opening
            expected = leaf.hex() if leaf and read.position > 1 else None
            if read.prev != expected:
                rule = "link-broken" if after else "of-another-ledger"
                found.append(_of(read, rule, read.prev, expected))
        entry.follow(read.version, read.record)
    return found


def _of(read: Read, rule: str, recorded: Plain, derived: Plain) -> Finding:
    return Finding(
        position=read.position,
        stream=read.stream,
        rule=rule,
        recorded=recorded,
        derived=derived,
    )
