"""A deadline for each file of a log: a byte now and then would hold whoever reads for ever."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread

from svx_ledger.proofs.finding import Code, Refused


def in_time(read: Callable[[], bytes | None], name: str, most_seconds: float) -> bytes | None:
    """Read a file, or give it up: in a thread that nothing waits for when the program ends.

    Raises Refused (SVX401) once it took too long, and what `read` raises.
    """
    done: Future[bytes | None] = Future()

    def run() -> None:
        try:
            done.set_result(read())
        except BaseException as fault:  # noqa: BLE001 - raised again where it is waited for
            done.set_exception(fault)

    Thread(target=run, daemon=True).start()
    try:
        return done.result(most_seconds)
    except TimeoutError:
        detail = f"{name}: not whole after {most_seconds:.0f} s"
        raise Refused(Code.WITHHELD, detail) from None
