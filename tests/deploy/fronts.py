"""The proxies of `deploy/`, run for a test: the files as they are, but for places and ports."""

import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2

DEPLOY = Path(__file__).parents[2] / "deploy"
SECONDS = 20.0
_MAIN = """\
daemon off;
pid {folder}/pid;
worker_processes 1;
{user}
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/svx.conf;
}}
"""
_GLOBAL = "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """A proxy that listens, and whom it shows itself as."""

    name: str
    port: int
    trusted: ssl.SSLContext

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"https://127.0.0.1:{self.port}"

    def transport(self, address: str = "127.0.0.1") -> httpx2.HTTPTransport:
        """Return what a client connects by, from an address of this machine."""
        return httpx2.HTTPTransport(verify=self.trusted, local_address=address)

    def client(self, key: str | None = None, address: str = "127.0.0.1") -> httpx2.Client:
        """Return a client that presents a key, and comes from an address."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx2.Client(
            base_url=self.url,
            headers=headers,
            transport=self.transport(address),
            timeout=SECONDS,
        )


def installed(name: str) -> str | None:
    """Return where the program of a proxy is, if it is installed."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@contextmanager
def front(name: str, folder: Path, *, service: int, published: Path) -> Iterator[Front]:
    """Run a proxy before the service on a port; `published` is the folder `log` of the log."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    certificate = _certificate(folder)
    command = _WAYS[name](folder, port, service, published.parent)
    program = installed(name)
    assert program is not None
    places = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (
        (folder / "said").open("wb") as said,
        subprocess.Popen(
            [program, *command],
            env=os.environ | places | {"SVX_HOST": f"https://127.0.0.1:{port}"},
            stdout=said,
            stderr=said,
        ) as process,
    ):
        try:
            until = time.monotonic() + SECONDS
            while not _listens(port):
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError((folder / "said").read_text(encoding="utf-8"))
                time.sleep(0.02)
            trusted = ssl.create_default_context(cafile=str(certificate))
            yield Front(name=name, port=port, trusted=trusted)
        finally:
            process.terminate()
            try:
                process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def substituted(file: str, places: Mapping[str, str]) -> str:
    """Return a file of `deploy/` with other places; each that is named stands in it."""
    text = (DEPLOY / file).read_text(encoding="utf-8")
    for ours, theirs in places.items():
        assert ours in text, ours
        text = text.replace(ours, theirs)
    return text


def _nginx(folder: Path, port: int, service: int, root: Path) -> list[str]:
    places = {
        "listen 443 ": f"listen 127.0.0.1:{port} ",
        "    listen [::]:443 ssl http2;\n": "",
        "/etc/ssl/ledger.example/fullchain.pem": str(folder / "certificate.pem"),
        "/etc/ssl/ledger.example/privkey.pem": str(folder / "key.pem"),
        "127.0.0.1:8000;": f"127.0.0.1:{service};",
        "root /srv/svx-ledger;": f"root {root};",
    }
    (folder / "svx.conf").write_text(substituted("nginx.conf", places), encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""  # the folders of a test are its own
    main = folder / "nginx.conf"
    main.write_text(_MAIN.format(folder=folder, user=user), encoding="utf-8")
    return ["-c", str(main), "-e", str(folder / "said")]


def _caddy(folder: Path, port: int, service: int, root: Path) -> list[str]:
    del port  # it is in the environment
    first = "{$SVX_HOST:ledger.example} {\n"
    places = {
        first: first + f"\ttls {folder}/certificate.pem {folder}/key.pem\n",
        "api:8000": f"127.0.0.1:{service}",
        "root * /srv\n": f"root * {root}\n",
        "root /srv\n": f"root {root}\n",
    }
    text = _GLOBAL + substituted("Caddyfile", places)
    (folder / "Caddyfile").write_text(text, encoding="utf-8")
    return ["run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


_WAYS: dict[str, Callable[[Path, int, int, Path], list[str]]] = {
    "nginx": _nginx,
    "caddy": _caddy,
}


def _certificate(folder: Path) -> Path:
    """Make a key and a certificate of its own for this machine."""
    file = folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"),
            *("ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(folder / "key.pem"), "-out", str(file)),
        ],
        check=True,
        capture_output=True,
    )
    return file


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
