"""Who may call what: a policy for each operation of the API, in one table.

- `who`: what a policy is, and the sets of roles, each named once
- `table`: the table; tests hold every cell of it to the rules and to what they answer
- `page`: docs/api/who.md, made from the table
"""

from .table import POLICIES
from .who import Policy, Standing

__all__ = ["POLICIES", "Policy", "Standing"]
