"""Cosignatures from the witnesses of a policy, up to its quorum (C2SP tlog-witness v1.0.0).

The log asks each witness to cosign its newest note, with the proof that it extends what that
witness cosigned before. So the witnesses are also what remembers the log's past when the
operator does not: one that holds more than the log has, or that refuses the proof, tells that
the log was restored from an old copy or rewritten.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from svx_ledger.proofs.notes.checkpoint import parse_checkpoint
from svx_ledger.proofs.notes.cosignature import cosigned_at
from svx_ledger.proofs.notes.keys import signatures_of_keys
from svx_ledger.proofs.notes.note import Note, NoteSignature, parse_note
from svx_ledger.proofs.notes.policy import Policy, TrustedWitness
from svx_ledger.publishing.state.database import NotPublished

from .asked_note import AskedNote, Prove
from .witness_call import NotAsked, call, new_client

if TYPE_CHECKING:
    import httpx2

WITNESS_SECONDS: Final = 5.0
"""For all that one witness is asked about one note."""

LOOK_SECONDS: Final = 0.25
"""How often it is looked, while witnesses are waited for, whether they still are to be."""

_ATTEMPTS: Final = 3


class Cosigned(NamedTuple):
    """What the witnesses made of a note."""

    note: bytes
    """The note with every cosignature that is good, those that it came with among them."""
    signatures: list[NoteSignature]
    """Those that were got now."""
    complete: bool
    """Whether the note now meets the quorum of the policy."""
    failures: Mapping[str, str]
    """Why there is no cosignature of a witness that was asked: its name in the policy → why."""


class Witnesses:
    """The witnesses that a policy's quorum can count, and what each is known to hold.

    Safe from any thread that runs no event loop of its own; one note at a time is asked about.
    Connections are kept from one note to the next. Raises ValueError for an address of a
    witness that is not HTTP.
    """

    def __init__(self, policy: Policy, clock: Callable[[], float] = time.time) -> None:
        self._policy = policy
        self._needed = {name: policy.witnesses[name] for name in _needed_of(policy)}
        self._clock = clock
        self._known: dict[tuple[str, str], int] = {}
        """(witness, origin) → the size that it holds, as far as it told."""
        self._one_at_a_time = threading.Lock()
        self._given_up = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: httpx2.AsyncClient | None = None
        for name, witness in self._needed.items():
            if witness.url and not witness.url.startswith(("https://", "http://")):
                raise ValueError(
                    f"the address of the witness {name} is not http:// or https://"
                )

    def cosign(self, note: bytes, prove: Prove, *, head: int | None = None) -> Cosigned:
        """Ask for cosignatures of a note that the log signed, until there is a quorum.

        `head` is the size of the log now, where it has grown past the note. `prove` is called
        in this thread. A witness that is down is one of the failures.

        Raises Forked where a witness holds more leaves than `head`, or refuses the proof from
        what it holds: then nothing more may be signed, nor written. Raises Refused for a note
        that cannot be read or that carries a wrong cosignature, NotPublished where it gave up.
        """
        parsed = parse_note(note)
        asked = AskedNote(parsed, parse_checkpoint(parsed.text), prove, head or 0)
        names = {witness.key: name for name, witness in self._policy.witnesses.items()}
        before = set()
        for key, signature in signatures_of_keys(parsed, names):
            cosigned_at(key, parsed.text_bytes, signature)
            before.add(names[key])
        with self._one_at_a_time:
            got, failures = self._run(asked, before)
        complete = self._policy.satisfied_by(before | got.keys())
        if self._given_up and not complete:
            raise NotPublished("the publisher ended before enough witnesses answered")
        signatures = list(got.values())
        whole = Note(parsed.text, (*parsed.signatures, *signatures)).data()
        return Cosigned(whole, signatures, complete, failures)

    def give_up(self) -> None:
        """Wait for no witness any more, from now on; from any thread."""
        self._given_up = True

    def close(self) -> None:
        """Close the connections."""
        with self._one_at_a_time:
            if self._loop is not None and self._client is not None:
                self._loop.run_until_complete(self._client.aclose())
                self._loop.close()
            self._loop = self._client = None

    def _run(
        self, asked: AskedNote, before: set[str]
    ) -> tuple[dict[str, NoteSignature], dict[str, str]]:
        if self._policy.satisfied_by(before) or not self._needed.keys() - before:
            return {}, {}
        if self._loop is None or self._client is None:
            urls = [witness.url or "" for witness in self._needed.values()]
            self._client = new_client(encrypted=any(u.startswith("https:") for u in urls))
            self._loop = asyncio.new_event_loop()
        return self._loop.run_until_complete(self._ask_all(self._client, asked, before))

    async def _ask_all(
        self, client: "httpx2.AsyncClient", asked: AskedNote, before: set[str]
    ) -> tuple[dict[str, NoteSignature], dict[str, str]]:
        """Ask at once all that could count; give up on the rest when there is a quorum."""
        got: dict[str, NoteSignature] = {}
        failures: dict[str, str] = {}
        asking = {
            asyncio.ensure_future(self._ask(client, asked, name, witness)): name
            for name, witness in self._needed.items()
            if name not in before
        }
        waiting = set(asking)
        try:
            while waiting and not self._policy.satisfied_by(before | got.keys()):
                if self._given_up:
                    break
                done, waiting = await asyncio.wait(
                    waiting, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                for one in done:
                    try:
                        got[asking[one]] = one.result()
                    except NotAsked as fault:
                        failures[asking[one]] = str(fault)
        finally:
            for one in waiting:
                one.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
        return got, failures

    async def _ask(
        self,
        client: "httpx2.AsyncClient",
        asked: AskedNote,
        name: str,
        witness: TrustedWitness,
    ) -> NoteSignature:
        """Ask one witness, in its time. Raises NotAsked, Forked, and what `prove` raises."""
        if witness.url is None:
            raise NotAsked("the policy has no address of it")
        try:
            async with asyncio.timeout(WITNESS_SECONDS) as limit:
                return await self._asked(client, asked, name, witness)
        except TimeoutError:
            if not limit.expired():
                raise
            raise NotAsked(f"no answer in {WITNESS_SECONDS:g} seconds") from None

    async def _asked(
        self,
        client: "httpx2.AsyncClient",
        asked: AskedNote,
        name: str,
        witness: TrustedWitness,
    ) -> NoteSignature:
        """Ask; where it holds another size than was thought, again, from that size."""
        known = (name, asked.head.origin)
        for _ in range(_ATTEMPTS):
            old = self._known.get(known, 0)
            if old > asked.head.size:
                asked.refuse_larger(name, old)
            answer = await call(client, witness.url or "", asked.body_from(old))
            if answer.status == 200:
                signature = asked.accepted(witness.key, answer, self._clock())
                self._known[known] = asked.head.size
                return signature
            self._known[known] = asked.size_after(name, old, answer)
        raise NotAsked("it holds another size each time it is asked")


def _needed_of(policy: Policy) -> Iterator[str]:
    """Yield the witnesses that the quorum counts, through its groups; none for `none`."""
    names = [policy.quorum]
    while names:
        name = names.pop()
        if name in policy.groups:
            names.extend(policy.groups[name].members)
        elif name in policy.witnesses:
            yield name
