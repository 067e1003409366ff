"""The demo: a fictional story, played through real commands into an empty ledger.

- `story`: what happens, from `people` and `stories`; `scenario`, `winning`, `step`: the shapes
  of what they say
- `setting`, `announcing`, `buying`, `binding`: the commands that it takes
- `seeding`, `player`: what a seed decides, and giving the commands at their times
- `chronicle`, `results`, `telling`: what is told of it, and the verb
- `log_key`: what its log can be published with
- `practice_story`, `practising`: another one, in real time, that stops at an open auction
"""

from .practising import practice
from .telling import demo

__all__ = ["demo", "practice"]
