"""Trying a remote plugin: what the conformance kit needs to know, and the faults that it plays."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.remote import keys, secrets
from arengo_core.remote.calling import NoAnswerError, Refusal, Remote
from arengo_core.remote.models import RemotePlugin, SigningKey

T = TypeVar("T")


class Subject(msgspec.Struct):
    """A registered plugin, and by what the installation proves to it that it is the host.

    ``samples`` are what the kit cannot guess, ``{provider: {name: value}}``.
    """

    key: str
    base_url: str
    manifest: dict[str, Any]
    secret: str
    key_id: str
    private: str
    host_url: str
    outbound_networks: list[str]
    samples: dict[str, dict[str, str]]


async def subject_of(
    host: Host, row: RemotePlugin, samples: Mapping[str, Mapping[str, str]]
) -> Subject:
    """A plugin as this installation registered it."""
    signer = await keys.signer(host)
    raw = signer.private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    return Subject(
        key=row.key,
        base_url=row.base_url,
        manifest=row.manifest,
        secret=secrets.valid(host.cipher, row.secrets, None)[0],
        key_id=signer.id,
        private=base64.b64encode(raw).decode(),
        host_url=host.settings.base_url,
        outbound_networks=list(host.settings.outbound_networks),
        samples={key: dict(values) for key, values in samples.items()},
    )


async def register(uow: UnitOfWork, host: Host, subject: Subject) -> RemotePlugin:
    """Make a host whose database is the kit's own speak to the plugin as the installation does."""
    moment = clock.now()
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(subject.private))
    row = RemotePlugin(
        key=subject.key,
        base_url=subject.base_url,
        manifest=subject.manifest,
        secrets=host.cipher.encrypt({"now": subject.secret}),
        added_at=moment,
        refreshed_at=moment,
    )
    uow.session.add(row)
    uow.session.add(
        SigningKey(
            id=subject.key_id,
            public=private.public_key().public_bytes_raw(),
            private=host.cipher.encrypt({"key": subject.private}),
            made_at=moment,
        )
    )
    await uow.session.flush()
    return row


@dataclass(frozen=True, slots=True)
class FaultyLine(Remote):
    """A plugin behind a line that loses what it is told to lose: a far side of contract tests.

    What only the plugin itself could do, such as have somebody pay, cannot be asked of it.
    """

    faults: list[str] = field(default_factory=list[str])

    async def lose_next_answer(self) -> None:
        """Call, and lose what is answered."""
        self.faults.append("answer")

    async def fall_silent(self) -> None:
        """Lose the next call, and hear nothing."""
        self.faults.append("call")

    async def _call(
        self, path: str, idempotency_key: str, values: Mapping[str, Any], kind: type[T]
    ) -> T | Refusal:
        fault = self.faults.pop() if self.faults else ""
        if fault == "call":
            raise NoAnswerError("lost on its way there")
        answer = await Remote._call(self, path, idempotency_key, values, kind)
        if fault == "answer":
            raise NoAnswerError("lost on its way back")
        return answer
