"""GraphQL of the second step of signing in, and of links that sign in."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import Payload, answers
from arengo_core.errors import InvalidInputError, UnauthenticatedError
from arengo_core.identity import second_step
from arengo_core.identity.graphql import DonePayload, SessionPayload
from arengo_core.identity.labels import CODE_REFUSED, PASSWORD_REFUSED
from arengo_core.plugins.contributions import GraphqlContribution
from arengo_core.web.devices import origin_from


@strawberry.type(name="SecondStep", description="Whether I sign in by two steps.")
class SecondStepType:
    """GraphQL face of the caller's second step."""

    is_on: bool
    recovery_codes_left: int


@strawberry.type
class SecondStepQuery:
    """Root queries on the second step."""

    @strawberry.field(description="My second step; for a signed-in session.")
    async def second_step(self, info: Info) -> SecondStepType:
        """The caller's second step."""
        uow = info.context.uow
        async with uow.lock:
            state = await second_step.state_of(uow, info.context.host.cipher)
        return SecondStepType(is_on=state.is_on, recovery_codes_left=state.codes_left)


@strawberry.type
class SecondStepSetupPayload(Payload):
    """The key for an authenticator app, as text and as an ``otpauth:`` address."""

    key: str | None = None
    uri: str | None = None


@strawberry.type
class RecoveryCodesPayload(Payload):
    """Codes for the day the phone is lost; each works once, and they are shown this once."""

    codes: list[str] = strawberry.field(default_factory=list[str])


@strawberry.type
class SecondStepMutation:
    """Root mutations on the second step."""

    @strawberry.mutation(description="Make a key for my authenticator app.")
    @answers(SecondStepSetupPayload)
    async def begin_second_step(self, info: Info) -> SecondStepSetupPayload:
        """Begin the setup."""
        async with info.context.writing() as uow:
            setup = await second_step.begin(uow, info.context.host.cipher)
        return SecondStepSetupPayload(key=setup.key, uri=setup.uri)

    @strawberry.mutation(description="Turn the second step on by a code of the app.")
    @answers(RecoveryCodesPayload)
    async def confirm_second_step(self, info: Info, code: str) -> RecoveryCodesPayload:
        """Finish the setup."""
        host = info.context.host
        async with info.context.writing() as uow:
            codes = await second_step.confirm(uow, host.cipher, host.identity.secret, code)
        return RecoveryCodesPayload(codes=codes)

    @strawberry.mutation(description="Turn the second step off; needs the password.")
    @answers(DonePayload)
    async def end_second_step(self, info: Info, password: str) -> DonePayload:
        """End it."""
        origin = origin_from(info.context.request)
        async with info.context.writing() as uow:
            is_off = await info.context.host.identity.end_second_step(uow, password, origin)
        if not is_off:
            raise InvalidInputError(PASSWORD_REFUSED, field="password")
        return DonePayload(done=True)

    @strawberry.mutation(description="Finish signing in by a code of the app or a recovery code.")
    @answers(SessionPayload, signs_in=True)
    async def sign_in_with_code(self, info: Info, step: str, code: str) -> SessionPayload:
        """The second step."""
        origin = origin_from(info.context.request)
        async with info.context.writing() as uow:
            token = await info.context.host.identity.sign_in_with_code(uow, step, code, origin)
        if token is None:
            raise UnauthenticatedError(CODE_REFUSED, field="code")
        return SessionPayload(token=token)


@strawberry.type
class SignInLinkMutation:
    """Root mutations on signing in by a mailed link."""

    @strawberry.mutation(description="Mail a link that signs in once.")
    @answers(DonePayload, signs_in=True)
    async def request_sign_in_link(self, info: Info, email: str) -> DonePayload:
        """Ask for a link."""
        origin = origin_from(info.context.request)
        async with info.context.writing() as uow:
            await info.context.host.identity.request_sign_in_link(uow, email, origin)
        return DonePayload(done=True)

    @strawberry.mutation(description="Sign in by the secret of the mailed link.")
    @answers(SessionPayload, signs_in=True)
    async def sign_in_with_link(self, info: Info, token: str) -> SessionPayload:
        """Sign in."""
        origin = origin_from(info.context.request)
        async with info.context.writing() as uow:
            entered = await info.context.host.identity.sign_in_with_link(uow, token, origin)
        return SessionPayload.of(entered)


CONTRIBUTION = GraphqlContribution(
    queries=(SecondStepQuery,), mutations=(SecondStepMutation, SignInLinkMutation)
)
