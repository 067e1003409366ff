"""Giving the commands of an import: many at once, in order, each under the id it always has."""

from collections.abc import Callable, Sequence

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Command
from svx_ledger.domain.rule import Refusal
from svx_ledger.ledger import Answer, Ledger

from .naming import command_id_of

Step = tuple[Command, Actor]


def give(
    ledger: Ledger, steps: Sequence[Step], settled: Callable[[Refusal], bool] | None = None
) -> list[Answer]:
    """Give commands in order and return what became of each.

    A refusal is remembered by its command id for ever, and may be of an earlier run in which
    something else was missing. So what is refused is given once more, under a new id, unless
    the refusal is `settled`. Raises what `Ledger.execute_each` raises.
    """
    answers = ledger.execute_each((c, actor, command_id_of(c)) for c, actor in steps)
    again = [
        n
        for n, answer in enumerate(answers)
        if isinstance(answer, Refusal) and not (settled and settled(answer))
    ]
    repeated = ledger.execute_each((*steps[n], None) for n in again)
    for n, answer in zip(again, repeated, strict=True):
        answers[n] = answer
    return answers
