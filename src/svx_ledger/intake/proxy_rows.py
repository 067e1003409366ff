"""One line of a table of proxies, cell by cell: the documented headings, or GMCA's.

The table of the Greater Manchester Combined Authority (Unit Cost Database) says in its own
columns what a unit of an outcome costs: fiscal, economic or social value. A character of its
codes that no measure's code has becomes a hyphen: `E&S1.0` is `E-S1.0`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, Final, Literal

from svx_ledger.domain.proxies import Proxy
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.shapes import shape_of

from .exact import Faulty
from .rows import Row

Worth = Literal["fiscal", "economic", "social"]
COLUMNS: Final = tuple(field.name for field in fields(Proxy))
NEEDED: Final = tuple(field.name for field in fields(Proxy) if field.default is MISSING)
GMCA: Final = ("code", "theme", "detail", "unit", "original_source")
CUT: Final = " […]"

_GOOD: Final[Mapping[str, Any]] = {
    "measure": "m",
    "name": "n",
    "unit": "u",
    "pounds_per_unit": "1",
    "divisible": True,
    "source": "s",
    "edition": "e",
    "price_year": 2000,
    "licence": "l",
    "theme_scheme": "s",
    "theme": "t",
}
"""Stand in for cells at fault while the others of the row are looked at."""
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_PLAIN = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)
_FINANCIAL_YEAR = re.compile(r"(\d{4})/\d\d", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """What whoever imports says of a table that does not say it itself."""

    worth: Worth = "fiscal"
    edition: str | None = None
    licence: str | None = None
    divisible: bool = True


def check_headings(names: tuple[str, ...]) -> bool:
    """Whether a table is of GMCA's sort. Raises Faulty for one that is of no known sort."""
    if set(GMCA) <= set(names):
        return True
    missing = [name for name in NEEDED if name not in names]
    unknown = [name for name in names if name not in COLUMNS]
    if missing:
        raise Faulty(f"no column {', '.join(missing)}")
    if unknown:
        raise Faulty("a column that no proxy has: see docs/intake.md")
    return False


def read_proxy(row: Row, manner: Manner, *, gmca: bool) -> Proxy | list[tuple[str, str]]:
    """Read a row; else return every cell at fault, as (column, reason)."""
    cells, column_of = _from_gmca(row, manner) if gmca else (dict(row.cells), {})
    plain: dict[str, Any] = {}
    faults: list[tuple[str, str]] = []
    for name, text in cells.items():
        if not text and name not in NEEDED:
            continue
        value = _plain(name, text)
        if isinstance(value, Faulty):
            faults.append((column_of.get(name, name), value.reason))
            value = _GOOD.get(name)
        if value is not None:
            plain[name] = value
    faults += [(column_of.get(name, name), why) for name, why in _faults_of_form(plain)]
    if faults:
        return faults
    proxy = shape_of(Proxy).decode(plain)
    assert isinstance(proxy, Proxy)
    return proxy


def _faults_of_form(plain: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give each cell whose form is wrong; what is mended in `plain` is only the looking."""
    while True:
        try:
            shape_of(Proxy).decode(plain)
        except Malformed as fault:
            name = fault.pointer.split("/")[1]
            yield name, fault.rule.demands
            if name in _GOOD and plain.get(name) != _GOOD[name]:
                plain[name] = _GOOD[name]
            else:
                del plain[name]
        else:
            return


def _plain(name: str, text: str) -> Any:
    """Return a cell as JSON would have it, or what is wrong with it."""
    if not text:
        return Faulty("empty")
    if name == "divisible":
        said = {"yes": True, "true": True, "no": False, "false": False}.get(text.lower())
        return Faulty("neither yes nor no") if said is None else said
    if name in ("price_year", "years"):
        if name == "price_year" and (year := _FINANCIAL_YEAR.fullmatch(text)):
            return int(year[1])
        return int(text) if _WHOLE.fullmatch(text) else Faulty("no whole number")
    if name in ("pounds_per_unit", "points_per_unit", *_SHARES):
        if not _PLAIN.fullmatch(text):
            return Faulty("no plain number such as 16.93")
        whole, point, places = text.partition(".")
        places = places.rstrip("0")
        return (whole.lstrip("0") or "0") + (point + places if places else "")
    return text


_SHARES: Final = ("deadweight", "displacement", "attribution", "drop_off")


def _from_gmca(row: Row, manner: Manner) -> tuple[dict[str, str], dict[str, str]]:
    """Return a row under the documented headings, and the column that each comes from."""
    value, year = f"{manner.worth}_gbp", f"{manner.worth}_price_year"
    unit = row.cells["unit"]
    cells = {
        "measure": re.sub(r"[^A-Za-z0-9._/-]+", "-", row.cells["code"]),
        "name": _cut(row.cells["detail"]),
        "unit": unit.removeprefix("Per "),
        "pounds_per_unit": row.cells.get(value, ""),
        "divisible": "yes" if manner.divisible else "no",
        "source": _cut(row.cells["original_source"]),
        "edition": manner.edition or "",
        "price_year": row.cells.get(year, ""),
        "licence": manner.licence or "",
        "theme_scheme": "GMCA",
        "theme": re.sub(r"[^A-Za-z0-9]+", "-", row.cells["theme"]).strip("-"),
    }
    column_of = {
        "measure": "code",
        "name": "detail",
        "pounds_per_unit": value,
        "source": "original_source",
        "edition": "--edition",
        "price_year": year,
        "licence": "--licence",
    }
    return cells, column_of


def _cut(text: str, most: int = 200) -> str:
    return text if len(text) <= most else text[: most - len(CUT)].rstrip() + CUT
