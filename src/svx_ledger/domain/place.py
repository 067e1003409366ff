"""Where help is wanted: by area codes, so that figures add up by force and by council."""

from dataclasses import dataclass

from .form import Code, Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place by the codes of the Office for National Statistics, with its everyday name.

    `police_force` is a police force area (`E23000…` in England), `local_authority` the
    district, borough or council area (`E06…` to `E09…` there).
    """

    police_force: Code
    local_authority: Code
    name: Name | None = None
