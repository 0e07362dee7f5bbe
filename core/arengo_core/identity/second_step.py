"""The second step of signing in: a code of an authenticator app, or a recovery code.

Codes are those of RFC 6238 (30 seconds, six digits). Each works once.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
from pyotp.totp import TOTP

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.identity import repository
from arengo_core.identity.models import Person, SecondStep
from arengo_core.identity.sessions import require_session
from arengo_core.ids import keyed_digest, new_id
from arengo_core.secrets import Cipher

PURPOSE = "second_step"
LIFE = timedelta(minutes=10)
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_STEPS_BESIDE = (-1, 0, 1)


@dataclass(frozen=True, slots=True)
class Setup:
    """What an authenticator app takes in: the key as text, and the same as an address."""

    key: str
    uri: str


@dataclass(frozen=True, slots=True)
class State:
    """Whether the second step is on, what a setup that was begun shows, and recovery codes left."""

    is_on: bool = False
    setup: Setup | None = None
    codes_left: int = 0


async def state_of(uow: UnitOfWork, cipher: Cipher) -> State:
    """How it stands with the caller's second step."""
    user_id, _ = require_session(uow)
    row = await repository.second_step_of(uow.session, user_id)
    if row is None:
        return State()
    if row.confirmed_at is None:
        return State(setup=await _setup(uow, cipher, row))
    return State(is_on=True, codes_left=len(row.recovery_digests))


async def _setup(uow: UnitOfWork, cipher: Cipher, row: SecondStep) -> Setup:
    person = await uow.session.get(Person, row.organization_id)
    key = cipher.decrypt(row.secret)["key"]
    uri = TOTP(key).provisioning_uri(name=person.email if person else "", issuer_name="Arengo")
    return Setup(key, uri)


async def begin(uow: UnitOfWork, cipher: Cipher) -> Setup:
    """Make a key for the caller's app; it counts once a code confirms it."""
    user_id, _ = require_session(uow)
    row = await repository.second_step_of(uow.session, user_id)
    if row is not None and row.confirmed_at is not None:
        raise ConflictError("The second step is on already.")
    if row is None:
        row = SecondStep(
            id=new_id(), organization_id=user_id, recovery_digests=[], last_step=0, secret=b""
        )
        uow.session.add(row)
    row.secret = cipher.encrypt({"key": pyotp.random_base32()})
    await uow.session.flush()
    return await _setup(uow, cipher, row)


async def confirm(uow: UnitOfWork, cipher: Cipher, secret: bytes, code: str) -> list[str]:
    """Turn the second step on by a first code; the recovery codes, told this once."""
    user_id, _ = require_session(uow)
    row = await repository.second_step_of(uow.session, user_id)
    if row is None or row.confirmed_at is not None:
        raise ConflictError("Begin by adding the key to your app.")
    step = _step_of(cipher, row, code, clock.now())
    if step is None:
        raise InvalidInputError(
            "This is not the code that the app shows now. Check the time of your phone.",
            field="code",
        )
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    row.confirmed_at, row.last_step = clock.now(), step
    row.recovery_digests = [_recovery_digest(secret, user_id, code) for code in codes]
    return codes


async def is_on(uow: UnitOfWork, user_id: UUID) -> bool:
    """Whether a user signs in by two steps."""
    await uow.widen([user_id])
    row = await repository.second_step_of(uow.session, user_id)
    return row is not None and row.confirmed_at is not None


async def use(uow: UnitOfWork, cipher: Cipher, secret: bytes, user_id: UUID, code: str) -> bool:
    """Whether a code of the app, or a recovery code, fits; it is used up thereby."""
    await uow.widen([user_id])
    row = await repository.second_step_of(uow.session, user_id)
    if row is None or row.confirmed_at is None:
        return False
    step = _step_of(cipher, row, code, clock.now())
    if step is not None:
        row.last_step = step
        return True
    digest = _recovery_digest(secret, user_id, code)
    if digest not in row.recovery_digests:
        return False
    row.recovery_digests = [kept for kept in row.recovery_digests if kept != digest]
    return True


def _step_of(cipher: Cipher, row: SecondStep, code: str, moment: datetime) -> int | None:
    """Which step of time a code belongs to; None when it fits none, or was used."""
    totp = TOTP(cipher.decrypt(row.secret)["key"])
    now, digits = totp.timecode(moment), re.sub(r"\D", "", code)
    steps = [now + beside for beside in _STEPS_BESIDE if now + beside > row.last_step]
    return next(
        (step for step in steps if secrets.compare_digest(totp.generate_otp(step), digits)), None
    )


def _recovery_code() -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    return "-".join(letters[start : start + 4] for start in (0, 4, 8))


def _recovery_digest(secret: bytes, user_id: UUID, code: str) -> bytes:
    plain = re.sub(r"[^a-z0-9]", "", code.lower())
    return keyed_digest(secret, f"recovery:{user_id}:{plain}")
