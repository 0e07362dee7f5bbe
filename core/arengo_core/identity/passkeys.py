"""Passkeys (WebAuthn): a device signs instead of a password, and stands for both steps.

The library is imported when it is first needed: starting the program need not wait for it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    UnauthenticatedError,
)
from arengo_core.identity import attempts, repository
from arengo_core.identity.models import Passkey, Person
from arengo_core.identity.origin import Origin
from arengo_core.identity.sessions import require_session
from arengo_core.ids import digest, new_id

if TYPE_CHECKING:
    from arengo_core.identity.service import Identity

PURPOSE = "passkey"
LIFE = timedelta(minutes=5)
MOST = 20
LONGEST_NAME = 60
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Party:
    """The site as a browser sees it: host name, and origin such as ``https://arengo.example``."""

    id: str
    origin: str


async def own(uow: UnitOfWork) -> Sequence[Passkey]:
    """The caller's passkeys, oldest first."""
    user_id, _ = require_session(uow)
    return await repository.passkeys_of(uow.session, user_id)


async def begin(uow: UnitOfWork, identity: Identity, party: Party) -> str:
    """What the browser needs to make a passkey for the caller, as JSON."""
    import webauthn
    import webauthn.helpers.structs

    user_id, _ = require_session(uow)
    kept = await repository.passkeys_of(uow.session, user_id)
    if len(kept) >= MOST:
        raise ConflictError("You have {most} passkeys: remove one first.", most=MOST)
    person = await uow.session.get(Person, user_id)
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name="Arengo",
        user_id=user_id.bytes,
        user_name=person.email if person else "",
        user_display_name=person.name if person else "",
        challenge=await _challenge(uow, identity, user_id),
        authenticator_selection=webauthn.helpers.structs.AuthenticatorSelectionCriteria(
            resident_key=webauthn.helpers.structs.ResidentKeyRequirement.REQUIRED,
            user_verification=webauthn.helpers.structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            webauthn.helpers.structs.PublicKeyCredentialDescriptor(id=row.credential_id)
            for row in kept
        ],
    )
    return webauthn.options_to_json(options)


async def add(uow: UnitOfWork, party: Party, *, credential: str, name: str) -> None:
    """Keep a passkey that the browser made. InvalidInputError when it does not prove itself."""
    import webauthn
    import webauthn.helpers.exceptions

    user_id, _ = require_session(uow)
    named = _name(name)
    read = _read(credential)
    challenge = await _take_challenge(uow, read, user_id)
    try:
        made = webauthn.verify_registration_response(
            credential=read,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except webauthn.helpers.exceptions.WebAuthnException:
        raise _not_usable() from None
    uow.session.add(
        Passkey(
            id=new_id(),
            organization_id=user_id,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=named,
        )
    )
    await uow.session.flush()


async def rename(uow: UnitOfWork, passkey_id: UUID, name: str) -> None:
    """Give one of the caller's passkeys another name."""
    (await _mine(uow, passkey_id)).name = _name(name)


async def remove(uow: UnitOfWork, passkey_id: UUID) -> None:
    """Take one of the caller's passkeys away: it opens nothing any more."""
    await uow.session.delete(await _mine(uow, passkey_id))


async def _mine(uow: UnitOfWork, passkey_id: UUID) -> Passkey:
    user_id, _ = require_session(uow)
    for row in await repository.passkeys_of(uow.session, user_id):
        if row.id == passkey_id:
            return row
    raise NotFoundError("There is no such passkey.")


async def begin_sign_in(uow: UnitOfWork, identity: Identity, party: Party) -> str:
    """What the browser needs to sign in by any passkey it has for this site, as JSON."""
    import webauthn
    import webauthn.helpers.structs

    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=await _challenge(uow, identity, _NOBODY),
        user_verification=webauthn.helpers.structs.UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


async def sign_in(
    uow: UnitOfWork, identity: Identity, party: Party, credential: str, origin: Origin
) -> str:
    """Open a session for the owner of a passkey; its token. UnauthenticatedError otherwise."""
    import webauthn
    import webauthn.helpers.exceptions

    read = _read(credential)
    challenge = await _take_challenge(uow, read, _NOBODY)
    try:
        user_id = UUID(bytes=webauthn.base64url_to_bytes(read["response"]["userHandle"]))
        credential_id = webauthn.base64url_to_bytes(read["id"])
    except (KeyError, TypeError, ValueError):
        raise _not_usable() from None
    await uow.widen([user_id])
    kept = await repository.passkeys_of(uow.session, user_id)
    row = next((row for row in kept if row.credential_id == credential_id), None)
    record = await repository.sign_in_by_user(uow.session, user_id)
    if row is None or record is None:
        raise _unknown()
    try:
        proof = webauthn.verify_authentication_response(
            credential=read,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except webauthn.helpers.exceptions.WebAuthnException:
        raise _unknown() from None
    row.sign_count, row.last_used_at = proof.new_sign_count, clock.now()
    (await attempts.begin(uow, identity.secret, record.email_digest, origin)).succeed()
    return await identity.open_session(uow, user_id, origin)


async def _challenge(uow: UnitOfWork, identity: Identity, user_id: UUID) -> bytes:
    token = await identity.make_link(
        uow, purpose=PURPOSE, subject_id=user_id, organization_id=None, life=LIFE
    )
    return token.encode()


async def _take_challenge(uow: UnitOfWork, read: dict[str, Any], user_id: UUID) -> bytes:
    import webauthn

    try:
        said = json.loads(webauthn.base64url_to_bytes(read["response"]["clientDataJSON"]))
        token = webauthn.base64url_to_bytes(said["challenge"]).decode()
    except (KeyError, TypeError, ValueError):
        raise _not_usable() from None
    link = await repository.take_link(uow.session, digest(token), PURPOSE, clock.now())
    if link is None or link.subject_id != user_id:
        raise _not_usable()
    return token.encode()


def _read(credential: str) -> dict[str, Any]:
    try:
        read = json.loads(credential)
    except ValueError:
        raise _not_usable() from None
    if not isinstance(read, dict):
        raise _not_usable()
    return read  # pyright: ignore[reportUnknownVariableType]


def _name(name: str) -> str:
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise InvalidInputError(
            "A name has 1 to {longest} characters.", field="name", longest=LONGEST_NAME
        )
    return name.strip()


def _not_usable() -> InvalidInputError:
    return InvalidInputError(
        "The browser's answer cannot be used, or came too late. Try again.", field="credential"
    )


def _unknown() -> UnauthenticatedError:
    return UnauthenticatedError("This passkey is not known here. Sign in with your password.")
