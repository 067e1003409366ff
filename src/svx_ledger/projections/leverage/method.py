"""The method by which leverage is computed, by name: another way of computing has another."""

from typing import Final

METHOD: Final = "svx-leverage/1"
"""docs/evaluation says what it is. A report is only comparable with one of the same method."""
