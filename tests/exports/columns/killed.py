"""Kills a writer step by step: `python -m … FOLDER N`, where `rows` and `facts` are pickled.

A step is whatever changes what is on the disk; at each Nth of them a child, with a fresh folder
that has the first segment, is killed on its way to the second, and another child goes on.
"""

import os
import pickle
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from svx_ledger.exports.columns import folder as folder_module
from svx_ledger.exports.columns import writing
from svx_ledger.exports.columns.folder import Folder
from svx_ledger.exports.columns.source import Source

from .setting import SIZE, contents, copied, source


def main(at: Path, stride: int) -> None:
    """Kill at each such step until none is left; print how many steps there were."""
    rows = pickle.loads((at / "rows").read_bytes())  # noqa: S301 - our own
    facts = pickle.loads((at / "facts").read_bytes())  # noqa: S301 - our own
    first, both = (source(rows[: number * SIZE], facts) for number in (1, 2))
    assert _ended(lambda: copied(at / "first", first)) == 0
    assert _ended(lambda: copied(at / "both", both)) == 0
    whole, step = contents(at / "both"), 1 - stride
    while True:
        step += stride
        shutil.rmtree(at / "killed", ignore_errors=True)
        shutil.copytree(at / "first", at / "killed")
        ended = _ended(partial(_until, step, at / "killed", both))
        assert ended in (0, -signal.SIGKILL), ended
        _assert_served(at / "killed")
        assert _ended(lambda: copied(at / "killed", both)) == 0, step
        assert contents(at / "killed") == whole, step
        if ended == 0:
            break
    sys.stdout.write(str(step))


def _assert_served(folder: Path) -> None:
    """See that all that the manifest names is there, and whole."""
    manifest, present = Folder(folder).manifest(), contents(folder)
    assert manifest is not None
    assert manifest.last in (SIZE, 2 * SIZE)
    for segment in manifest.segments:
        for file in segment.files.values():
            assert present[file.file] == file.sha256


def _until(step: int, folder: Path, of: Source) -> None:
    left = step

    def counted(act: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*given: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
            return act(*given, **named)

        return counting

    for name in ("mkdir", "replace", "unlink", "write_bytes"):
        setattr(Path, name, counted(getattr(Path, name)))
    Folder.new = counted(Folder.new)  # type: ignore[method-assign]
    folder_module.shutil.rmtree = counted(shutil.rmtree)  # type: ignore[attr-defined]
    for name in ("to_parquet",):
        setattr(writing, name, counted(getattr(writing, name)))
    copied(folder, of)


def _ended(act: Callable[[], Any]) -> int:
    """Run something in a process of its own; return how that ended."""
    child = os.fork()
    if not child:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - told by the exit code
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
