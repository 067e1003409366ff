"""The file in which a verifier keeps, for each log, the newest head that it was shown."""

from pathlib import Path
from tempfile import NamedTemporaryFile

from .verify_heads import HEADS_BYTES, head_of, heads_data, parse_heads


class HeadsFile:
    """A file of remembered heads, which need not be there yet.

    Raises Refused (SVX301) for a file of something else, OSError for one that cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with path.open("rb") as file:
                self._heads = parse_heads(file.read(HEADS_BYTES + 1))
        except FileNotFoundError:
            self._heads = {}

    def kept(self, note: bytes) -> bytes | None:
        """The head that was remembered of the log that a note seems to be of."""
        return self._heads.get(head_of(note).origin)

    def remember(self, note: bytes) -> None:
        """Keep a head that was verified, in place of an older one of its log.

        The file is there whole, as it was or as it is to be, whenever this is cut short.
        """
        self._heads[head_of(note).origin] = note
        folder = self._path.absolute().parent
        with NamedTemporaryFile(dir=folder, prefix=self._path.name, delete=False) as file:
            file.write(heads_data(self._heads))
        Path(file.name).replace(self._path)
