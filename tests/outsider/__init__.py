"""Go's own packages for transparency logs, which nobody here wrote, and what calls them.

docs/verify/outsider.go only reads files and says yes or no. What it believes is decided by
golang.org/x/mod/sumdb/note and golang.org/x/mod/sumdb/tlog, with which every Go program checks
the checksum database. They come with Go itself, which is one of the development dependencies.
"""

import fcntl
import os
import shutil
import subprocess
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_MAIN: Final = Path(__file__).parents[2] / "docs" / "verify" / "outsider.go"
_PACKAGES: Final = "src/cmd/vendor/golang.org/x/mod/sumdb"
_MODULE: Final = "module golang.org/x/mod\n\ngo 1.24\n"
_PROGRAM: Final = """module outsider

go 1.24

require golang.org/x/mod v0.0.0

replace golang.org/x/mod => ./mod
"""


def go() -> Path | None:
    """Where Go is installed; None where it is not."""
    spec = find_spec("go")
    if spec is None or not spec.submodule_search_locations:
        return None
    root = Path(spec.submodule_search_locations[0])
    return root if (root / _PACKAGES).is_dir() else None


def built(root: Path, folder: Path) -> Path:
    """Return the program, compiled in a folder by the Go at `root`; from before, where it is.

    Nothing is fetched. Raises subprocess.CalledProcessError where it does not compile.
    """
    folder.mkdir(parents=True, exist_ok=True)
    version = (root / "VERSION").read_bytes()
    program = folder / f"outsider-{sha256(version + _MAIN.read_bytes()).hexdigest()[:16]}"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several processes of one run want it
        if not program.exists():
            _compile(root, folder, program)
    return program


def _compile(root: Path, folder: Path, program: Path) -> None:
    source = folder / "source"
    shutil.rmtree(source, ignore_errors=True)
    for name in ("note", "tlog"):
        shutil.copytree(root / _PACKAGES / name, source / "mod" / "sumdb" / name)
    (source / "mod" / "go.mod").write_text(_MODULE)
    (source / "go.mod").write_text(_PROGRAM)
    shutil.copy(_MAIN, source)
    made = source / "outsider"
    alone = {
        "CGO_ENABLED": "0",
        "GOCACHE": str(folder / "compiled"),
        "GOENV": "off",
        "GOFLAGS": "-mod=mod",
        "GOPATH": str(folder / "path"),
        "GOPROXY": "off",
        "GOROOT": str(root),
        "GOSUMDB": "off",
        "GOTOOLCHAIN": "local",
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
    }
    command = [str(root / "bin" / "go"), "build", "-trimpath", "-o", str(made), "."]
    subprocess.run(command, cwd=source, env=alone, check=True, timeout=600)
    made.replace(program)
