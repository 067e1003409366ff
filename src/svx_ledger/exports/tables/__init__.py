"""Tables of a leverage report that pandas, Polars, DuckDB and pyarrow take as they are.

- `columns`: a table by its columns, each with an exact type
- `arrow`: the same as Arrow data, which needs the extra `notebook`
- `leverage`: the tables of a report; `rows`: what stands in a row of each
"""

from .arrow import Inexact, NotInstalled
from .columns import Columns, Type
from .leverage import LeverageTables, tables_of

__all__ = ["Columns", "Inexact", "LeverageTables", "NotInstalled", "Type", "tables_of"]
