"""Commands over HTTP: a POST for each, made from the vocabulary.

The address names the command and the thing; the body is the command's other fields. Whatever
the answer, it says which of these it is: done, refused, nothing written, or unknown.
"""

from .answer import answered, plain_answer, rejection_in
from .naming import name_of_new, over_http
from .request import actor_of
from .routes import add_commands

__all__ = [
    "actor_of",
    "add_commands",
    "answered",
    "name_of_new",
    "over_http",
    "plain_answer",
    "rejection_in",
]
