"""Every list of things by their names."""

from typing import Any, Final

from .bought import CONTRACTS, PLEDGES, PROCUREMENTS
from .listing import ListOf
from .offered import NEEDS, PROJECTS, PROXY_SETS
from .parties import ACCESS_GRANTS, KEYS, ORGANISATIONS

LISTS: Final[tuple[ListOf[Any, Any], ...]] = (
    ORGANISATIONS,
    ACCESS_GRANTS,
    KEYS,
    PROXY_SETS,
    PROJECTS,
    NEEDS,
    PROCUREMENTS,
    CONTRACTS,
    PLEDGES,
)
