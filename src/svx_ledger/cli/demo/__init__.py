"""The demo: a fictional story, played through real commands into an empty ledger.

- `story`: what happens, as plain data; `scenario`: the shapes of that data
- `setting`, `buying`, `binding`: the commands that it takes
- `player`: giving them, at their times
- `telling`: the verb, and what it shows
"""

from .telling import demo

__all__ = ["demo"]
