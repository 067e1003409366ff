"""Importing a table of proxies: all of it is adopted as one set, or, with a fault, nothing.

A set never changes, so one that lacks a line would lack it for ever.
"""

from collections.abc import Sequence
from pathlib import Path

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.digest import digest
from svx_ledger.domain.proxies import MOST_PROXIES, AdoptProxySet, Proxy, ProxySet
from svx_ledger.domain.rule import Refusal
from svx_ledger.ledger import Ledger

from .exact import Faulty
from .giving import give
from .naming import named
from .proxy_rows import Manner, check_headings, read_proxy
from .rows import headings, rows
from .tally import Tally, reason_of


def import_proxies(
    ledger: Ledger,
    actor: Actor,
    paths: Sequence[Path],
    *,
    name: str | None = None,
    only: frozenset[str] = frozenset(),
    manner: Manner,
) -> Tally:
    """Adopt each file as a proxy set of the actor's organisation; `only` names measures.

    Raises OSError for a file that cannot be read, and what `Ledger.execute_each` raises.
    """
    tally = Tally(more={"proxy_sets": []})
    for path in paths:
        proxies = _read(path, only, manner, tally)
        if proxies:
            _adopt(
                ledger,
                actor,
                tally,
                file=path.name,
                name=name or path.stem,
                proxies=proxies,
            )
    return tally


def _read(
    path: Path, only: frozenset[str], manner: Manner, tally: Tally
) -> tuple[Proxy, ...] | None:
    """Return the proxies of a file; None where any cell of it is at fault."""
    try:
        gmca = check_headings(headings(path))
    except Faulty as fault:
        tally.read += 1
        tally.reject(path.name, "line 1", fault.reason)
        return None
    found: dict[str, Proxy] = {}
    before = len(tally.rejected)
    for row in rows(path):
        if row.fault:
            tally.read += 1
            tally.reject(path.name, row.pointer(), row.fault.reason)
            continue
        if only and row.cells["code" if gmca else "measure"] not in only:
            continue
        tally.read += 1
        proxy = read_proxy(row, manner, gmca=gmca)
        if not isinstance(proxy, Proxy):
            for column, reason in proxy:
                tally.reject(path.name, row.pointer(column), reason)
        elif proxy.measure in found:
            tally.reject(path.name, row.pointer("measure"), "the measure stands there twice")
        else:
            found[proxy.measure] = proxy
    if absent := sorted(only - found.keys()) if len(tally.rejected) == before else []:
        tally.reject(path.name, "/", f"no measure {', '.join(absent)}")
    if len(found) > MOST_PROXIES:
        reason = f"more than {MOST_PROXIES} proxies: choose them with --only"
        tally.reject(path.name, "/", reason)
    if not found and len(tally.rejected) == before:
        tally.reject(path.name, "/", "no proxies")
    return tuple(found.values()) if len(tally.rejected) == before else None


def _adopt(
    ledger: Ledger,
    actor: Actor,
    tally: Tally,
    *,
    file: str,
    name: str,
    proxies: tuple[Proxy, ...],
) -> None:
    adopter = actor.organisation or ""
    stream = named("proxy-set", adopter, name, digest(proxies))
    if ledger.state(ProxySet, stream) is None:
        adopt = AdoptProxySet(
            proxy_set_id=stream, adopter_id=adopter, name=name, proxies=proxies
        )
        (answer,) = give(ledger, [(adopt, actor)])
        if isinstance(answer, Refusal):
            tally.reject(file, "/", reason_of(answer))
            return
        tally.imported += len(proxies)
    else:
        tally.unchanged += len(proxies)
    tally.more["proxy_sets"].append(stream)
