"""Which police force area and which council an area code lies in: from tables of the caller's.

The exchange ships no such table. A table of councils has the columns `gss_code` and
`pfa_code`; one of small areas says by `lsoa` in which council each lies, by the code that
the first table has under `local_authority_code`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from svx_ledger.domain.place import Place
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.shapes import shape_of

from .exact import Faulty
from .rows import Row, rows

_COUNCIL: Final = ("gss_code", "gss-code")
_FORCE: Final = ("pfa_code", "police_force")
_REGISTER: Final = ("local_authority_code", "local-authority-code")


class Areas:
    """Places by area code."""

    def __init__(self, default: Place | None = None) -> None:
        self.default = default
        """For what states no code that is known here."""
        self._forces: dict[str, str] = {}
        self._councils: dict[str, str] = {}
        self._small: dict[str, str] = {}

    def add(self, path: Path) -> None:
        """Take in a table. Raises Faulty, OSError."""
        for row in rows(path):
            if row.fault:
                raise Faulty(row.fault.reason, row.pointer())
            council, force = _cell(row, _COUNCIL), _cell(row, _FORCE)
            register, small = _cell(row, _REGISTER), row.cells.get("lsoa")
            if council and force:
                _check(row, council, force)
                self._forces[council] = force
                self._councils[register or council] = council
            elif small and register:
                self._small[small] = register
            elif not (council or small):
                raise Faulty("no table of areas: see docs/intake.md for its columns")

    def place(self, codes: Sequence[str], name: str | None) -> Place | None:
        """Return the place of the first code that is known; else the default, if any."""
        for code in codes:
            council = self._councils.get(self._small.get(code, ""), code)
            if force := self._forces.get(council):
                return Place(police_force=force, local_authority=council, name=name)
        if self.default is None:
            return None
        return Place(
            police_force=self.default.police_force,
            local_authority=self.default.local_authority,
            name=name,
        )


def _check(row: Row, council: str, force: str) -> None:
    try:
        shape_of(Place).encode(Place(police_force=force, local_authority=council))
    except Malformed as fault:
        raise Faulty(f"no code of an area: {fault.rule.demands}", row.pointer()) from None


def _cell(row: Row, names: tuple[str, ...]) -> str | None:
    return next((row.cells[name] for name in names if row.cells.get(name)), None)
