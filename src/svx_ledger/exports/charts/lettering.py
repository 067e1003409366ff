"""How wide a text is, without asking a font.

What a machine has for fonts must not change a chart's bytes, so nothing that is drawn is ever
measured. Widths are those of the widest sans-serif in common use (DejaVu Sans), rounded up:
in Liberation Sans, Arial or Helvetica the same text ends earlier.
"""

from typing import Final

FONT: Final = "Liberation Sans, Arial, Helvetica, sans-serif"
_NARROWEST: Final = 42
_NARROW: Final = frozenset(" !'(),-./:;I[\\]fijlrt|")
_WIDE: Final = frozenset("%+<=>@MW_mw~")
_REPLACEMENT: Final = "\ufffd"
_BIDI: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def cleaned(text: str) -> str:
    """Return a text that stays on one line, in its own order, and that XML can hold.

    Control characters become spaces, runs of spaces one; what would turn the order of other
    characters round, and what is no character, is shown as a replacement character.
    """
    return " ".join("".join(map(_plain, text)).split())


def is_clean(text: str) -> bool:
    """Tell whether a text holds no character that `cleaned` would replace."""
    return all(character == _plain(character) for character in text)


def width(text: str, size: int) -> int:
    """Return at most how many pixels a text takes at a font size."""
    return -(-sum(map(_hundredths, text)) * size // 100)


def cut(text: str, size: int, room: int) -> str:
    """Return as much of a text as has room: its beginning and its end, where names differ."""
    if width(text, size) <= room:
        return text
    for kept in range(min(len(text) - 1, 100 * room // (_NARROWEST * size)), 0, -1):
        ends_from = len(text) - 2 * kept // 5
        shortened = f"{text[: kept - 2 * kept // 5].rstrip()}…{text[ends_from:].lstrip()}"
        if width(shortened, size) <= room:
            return shortened
    return "…"


def wrapped(text: str, size: int, room: int) -> list[str]:
    """Return all of a text in lines that have room, broken at spaces where there are any."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".lstrip()
        if width(longer, size) <= room:
            lines[-1] = longer
            continue
        lines.append("")
        for character in word:
            if lines[-1] and width(lines[-1] + character, size) > room:
                lines.append("")
            lines[-1] += character
    return [line for line in lines if line]


def as_text(line: str) -> str:
    """Return a line as Vega takes it for a text: a name alone ends with a no-break space.

    What is written into a chart, not into its data, and is exactly the name of one of its
    functions, such as `if`, Vega takes for the function.
    """
    return f"{line}\u00a0" if line.isidentifier() else line


def _plain(character: str) -> str:
    code = ord(character)
    if code < 0x20 or 0x7F <= code < 0xA0:
        return " "
    if character in _BIDI or 0xD800 <= code < 0xE000 or code & 0xFFFE == 0xFFFE:
        return _REPLACEMENT
    return character


def _hundredths(character: str) -> int:
    """Return the width of a character in hundredths of the font size."""
    if character in _NARROW:
        return _NARROWEST
    if character in _WIDE:
        return 100
    if character.isascii():
        return 79 if character.isupper() else 64
    return 75 if ord(character) < 0x250 else 100
