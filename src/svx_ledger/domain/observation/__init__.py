"""Observed history: procurement that was decided elsewhere, as its publishers state it.

An observation says that somebody published a statement, never that it is true. It stands on
the procurement's stream, and no act of the exchange builds on it: an observed procurement is
never auctioned, and what was awarded in it is no exchange award and in no leverage figure.

- `stated`: texts, dates, amounts and organisations as published
- `events`: what was observed; `state`: what the rules remember of it
- `observing`: the commands
- `elsewhere`: the one kind of procurement streams, the exchange's own and the observed ones
"""

from .elsewhere import KIND
from .observing import COMMANDS

__all__ = ["COMMANDS", "KIND"]
