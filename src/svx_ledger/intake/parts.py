"""A part of a document that knows where it stands, so that each fault says where it is."""

from collections.abc import Callable
from typing import Any, TypeVar

from svx_ledger.domain.observation.stated import Stated, StatedMoney, StatedTime

from .exact import Faulty, escaped
from .stating import stated_code, stated_money, stated_text, stated_time

T = TypeVar("T")


class Part:
    """An object of a document, with its pointer; what it lacks is None or empty."""

    __slots__ = ("_value", "pointer")

    def __init__(self, value: dict[str, Any], pointer: str = "") -> None:
        self._value = value
        self.pointer = pointer

    def __contains__(self, key: str) -> bool:
        return self._value.get(key) is not None

    def raw(self, key: str) -> Any:
        """Return what stands under a key, as it is."""
        return self._value.get(key)

    def object(self, key: str) -> "Part":
        """Return the object under a key; an empty one where there is none. Raises Faulty."""
        found = self._value.get(key)
        if found is None:
            found = {}
        if not isinstance(found, dict):
            raise self.fault("no object", key)
        return Part(found, self._at(key))

    def objects(self, key: str) -> "list[Part]":
        """Return the objects in the list under a key. Raises Faulty."""
        found = []
        for n, value in enumerate(self.values(key)):
            pointer = f"{self._at(key)}/{n}"
            if not isinstance(value, dict):
                raise Faulty("no object", pointer)
            found.append(Part(value, pointer))
        return found

    def values(self, key: str) -> list[Any]:
        """Return the list under a key; an empty one where there is none. Raises Faulty."""
        found = self._value.get(key)
        if found is None:
            return []
        if not isinstance(found, list):
            raise self.fault("no list", key)
        return found

    def text(self, key: str) -> Stated | None:
        """Return the text under a key. Raises Faulty."""
        return self.read(key, stated_text)

    def code(self, key: str) -> str | None:
        """Return the identifier under a key. Raises Faulty."""
        return self.read(key, stated_code)

    def time(self, key: str) -> StatedTime | None:
        """Return the date or time under a key. Raises Faulty."""
        return self.read(key, stated_time)

    def money(self, key: str) -> StatedMoney | None:
        """Return the amount under a key. Raises Faulty."""
        return self.read(key, stated_money)

    def read(self, key: str, how: Callable[[Any], T]) -> T:
        """Read what stands under a key in some way. Raises Faulty, with its place."""
        try:
            return how(self._value.get(key))
        except Faulty as fault:
            raise Faulty(fault.reason, self._at(key) + fault.pointer) from None

    def fault(self, reason: str, key: str | None = None) -> Faulty:
        """Return a fault of this part, or of what stands under a key of it."""
        return Faulty(reason, self.pointer if key is None else self._at(key))

    def _at(self, key: str) -> str:
        return f"{self.pointer}/{escaped(key)}"
