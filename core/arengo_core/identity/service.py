"""Rules of identity: accounts, sign-in, roles, invitations, password reset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import ROLES_OF, Caller, OrganizationKind, Role, main_of
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    UnauthenticatedError,
)
from arengo_core.identity import attempts, repository, second_step, sessions, tokens
from arengo_core.identity.models import (
    Invitation,
    OneTimeLink,
    Person,
    RoleGrant,
    SignIn,
    UserSession,
)
from arengo_core.identity.origin import NOWHERE, Origin
from arengo_core.identity.passwords import Passwords
from arengo_core.ids import digest, keyed_digest, new_id, new_token
from arengo_core.mail.address import check_email
from arengo_core.organizations import repository as organizations
from arengo_core.organizations.models import Organization
from arengo_core.permissions.declared import PEOPLE
from arengo_core.secrets import Cipher

SESSION_LIFE = timedelta(days=14)
INVITATION_LIFE = timedelta(days=14)
RESET_LIFE = timedelta(hours=2)
USE_NOTED_EVERY = timedelta(minutes=5)
SEND_INVITATION = "core.send_invitation"
SEND_RESET = "core.send_password_reset"
SEND_SIGN_IN_LINK = "core.send_sign_in_link"
SIGN_IN_LINK = "sign_in"
LINK_LIFE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SecondStepNeeded:
    """The first step is done; ``token`` goes with the second step's code, for ten minutes."""

    token: str


@dataclass(frozen=True, slots=True)
class Identity:
    """The rules, with the secrets they need."""

    passwords: Passwords
    secret: bytes
    cipher: Cipher

    async def has_account(self, uow: UnitOfWork, email: str) -> bool:
        """Whether an address has an account; no answer to the public may tell it."""
        account = self._email_digest(email.strip().lower())
        return await repository.sign_in_of(uow.session, account) is not None

    def _email_digest(self, email: str) -> bytes:
        return keyed_digest(self.secret, f"email:{email}")

    async def create_user(
        self, uow: UnitOfWork, *, name: str, email: str, password: str, locale: str = "it"
    ) -> Person:
        """Make an account. ConflictError when the address has one."""
        address = check_email(email)
        if not name.strip():
            raise InvalidInputError("Your name is needed.", field="name")
        if await repository.sign_in_of(uow.session, self._email_digest(address)):
            raise ConflictError("There is already an account with this address.", field="email")
        user_id = new_id()
        await uow.widen([user_id])
        person = Person(
            id=user_id, organization_id=user_id, name=name.strip(), email=address, locale=locale
        )
        uow.session.add(person)
        uow.session.add(
            SignIn(
                user_id=user_id,
                email_digest=self._email_digest(address),
                password_hash=await self.passwords.hash(password, about=(name, address)),
            )
        )
        await uow.session.flush()
        return person

    async def grant_role(
        self, uow: UnitOfWork, *, user_id: UUID, organization_id: UUID, role: Role
    ) -> None:
        """Give a role; the calling service has checked who may."""
        organization = await organizations.get(uow.session, organization_id)
        if organization is None:
            raise NotFoundError("There is no such organization.")
        if role not in ROLES_OF[OrganizationKind(organization.kind)]:
            raise InvalidInputError("This role does not exist there.", field="role")
        await uow.session.merge(
            RoleGrant(user_id=user_id, organization_id=organization_id, role=role.value)
        )
        uow.audit(organization_id, "role.granted", "User", user_id, role=role.value)

    async def sign_in(
        self, uow: UnitOfWork, *, email: str, password: str, origin: Origin = NOWHERE
    ) -> str | SecondStepNeeded | None:
        """Check and open a session; the token to hand out, None when refused.

        The caller commits either way: failures are counted. It is the same work, and says the
        same, whether the address has an account, has none, or has to wait.
        """
        account = self._email_digest(email.strip().lower())
        tries = await attempts.begin(uow, self.secret, account, origin)
        record = await repository.sign_in_of(uow.session, account)
        looked_at = None if tries.must_wait else record
        kept = looked_at.password_hash if looked_at else None
        if not await self.passwords.verify(kept, password) or looked_at is None:
            tries.count()
            return None
        entered = await self.enter(uow, looked_at.user_id, origin)
        if isinstance(entered, str):
            tries.succeed()
        return entered

    async def enter(self, uow: UnitOfWork, user_id: UUID, origin: Origin) -> str | SecondStepNeeded:
        """Let somebody in who proved to be it by one step: a session, or the second step."""
        if not await second_step.is_on(uow, user_id):
            return await self.open_session(uow, user_id, origin)
        return SecondStepNeeded(
            await self.make_link(
                uow,
                purpose=second_step.PURPOSE,
                subject_id=user_id,
                organization_id=None,
                life=second_step.LIFE,
            )
        )

    async def sign_in_with_code(
        self, uow: UnitOfWork, step: str, code: str, origin: Origin = NOWHERE
    ) -> str | None:
        """Finish a sign-in by the second step's code; the session's token, None when refused.

        The caller commits either way: failures are counted. UnauthenticatedError when the first
        step is too long ago.
        """
        moment = clock.now()
        link = await repository.find_link(uow.session, digest(step), second_step.PURPOSE, moment)
        record = await repository.sign_in_by_user(uow.session, link.subject_id) if link else None
        if record is None:
            raise UnauthenticatedError("The first step was too long ago: enter the password again.")
        tries = await attempts.begin(uow, self.secret, record.email_digest, origin)
        if tries.must_wait or not await second_step.use(
            uow, self.cipher, self.secret, record.user_id, code
        ):
            tries.count()
            return None
        await repository.take_link(uow.session, digest(step), second_step.PURPOSE, moment)
        tries.succeed()
        return await self.open_session(uow, record.user_id, origin)

    async def end_second_step(
        self, uow: UnitOfWork, password: str, origin: Origin = NOWHERE
    ) -> bool:
        """Turn the caller's second step off; whether the password fitted. Failures are counted."""
        user_id, _ = sessions.require_session(uow)
        record = await repository.sign_in_by_user(uow.session, user_id)
        if record is None:
            return False
        if not await self._fits(uow, record, password, origin):
            return False
        await repository.remove_second_step(uow.session, user_id)
        return True

    async def _fits(self, uow: UnitOfWork, record: SignIn, password: str, origin: Origin) -> bool:
        """Whether a password is the account's; a failure is counted, and may make it wait."""
        tries = await attempts.begin(uow, self.secret, record.email_digest, origin)
        if tries.must_wait or not await self.passwords.verify(record.password_hash, password):
            tries.count()
            return False
        return True

    async def open_session(self, uow: UnitOfWork, user_id: UUID, origin: Origin = NOWHERE) -> str:
        """A new session's token; acts for the first organization of the user."""
        grants = await repository.grants_of(uow.session, user_id, clock.now())
        token = new_token()
        uow.session.add(
            UserSession(
                token_digest=digest(token),
                user_id=user_id,
                acting_id=main_of(grants),
                expires_at=clock.now() + SESSION_LIFE,
                browser=origin.browser,
                system=origin.system,
            )
        )
        await uow.session.flush()
        return token

    async def caller_of(self, uow: UnitOfWork, token: str, locale: str) -> Caller | None:
        """The caller behind a session's or API token; None when it is unknown or over."""
        if tokens.is_api_token(token):
            return await tokens.caller_of(uow, token, locale)
        return (await self.session_of(uow, token, locale))[0]

    async def session_of(
        self, uow: UnitOfWork, token: str, locale: str
    ) -> tuple[Caller | None, bool]:
        """The caller behind a session's token, and whether its use is to be noted again: every
        few minutes, not each time.
        """
        moment = clock.now()
        found, grants, services = await repository.session_and_grants(
            uow.session, digest(token), moment
        )
        if found is None:
            return None, False
        is_due = moment - found.last_used_at > USE_NOTED_EVERY
        held = {grant.organization_id for grant in grants}
        acting = found.acting_id if found.acting_id in held else main_of(grants)
        caller = Caller(found.user_id, grants, acting, found.id, locale, services=services)
        return caller, is_due

    async def act_for(self, uow: UnitOfWork, organization_id: UUID) -> None:
        """Choose the organization to act for: one's own, or one that lets its people do so."""
        if organization_id not in {grant.organization_id for grant in uow.caller.grants}:
            uow.caller.require(organization_id)
        if uow.caller.session_id is None:
            raise UnauthenticatedError("Sign in first.")
        await repository.act_for(uow.session, uow.caller.session_id, organization_id)

    async def sign_out(self, uow: UnitOfWork, *, everywhere: bool = False) -> None:
        """End the caller's session, or all of the caller's."""
        user_id = uow.caller.require_signed_in()
        if everywhere:
            await repository.remove_sessions(uow.session, user_id)
        elif uow.caller.session_id is not None:
            await repository.remove_sessions(uow.session, user_id, only=uow.caller.session_id)

    @staticmethod
    def roles_of(organization: Organization) -> list[Role]:
        """The roles that exist in an organization."""
        return sorted(ROLES_OF[OrganizationKind(organization.kind)])

    @staticmethod
    def role_named(value: str) -> Role:
        """A role by its name. InvalidInputError otherwise."""
        try:
            return Role(value)
        except ValueError:
            raise InvalidInputError("This role does not exist there.", field="role") from None

    async def invite(
        self, uow: UnitOfWork, *, organization_id: UUID, email: str, name: str, role: Role
    ) -> Invitation:
        """Ask somebody by mail to take a role; leaders of the organization may.

        A service that has checked its own right (a consortium admitting a member) widens the
        unit of work to the organization first and passes a program caller.
        """
        uow.caller.require(organization_id, PEOPLE)
        organization = await organizations.get(uow.session, organization_id)
        if organization is None or role not in ROLES_OF[OrganizationKind(organization.kind)]:
            raise InvalidInputError("This role does not exist there.", field="role")
        return await self.send_invitation(
            uow, organization_id=organization_id, email=email, name=name, role=role
        )

    async def send_invitation(
        self, uow: UnitOfWork, *, organization_id: UUID, email: str, name: str, role: Role
    ) -> Invitation:
        """Store an invitation and its mail; for services that checked the right themselves."""
        await uow.widen([organization_id])
        invitation = Invitation(
            id=new_id(),
            organization_id=organization_id,
            email=check_email(email),
            name=name.strip(),
            role=role.value,
            invited_by=uow.caller.user_id,
        )
        uow.session.add(invitation)
        await uow.session.flush()
        uow.audit(organization_id, "invitation.sent", "Invitation", invitation.id, role=role.value)
        uow.enqueue(
            SEND_INVITATION,
            {"invitation": str(invitation.id), "organization": str(organization_id)},
        )
        return invitation

    async def make_link(
        self,
        uow: UnitOfWork,
        *,
        purpose: str,
        subject_id: UUID,
        organization_id: UUID | None,
        life: timedelta,
    ) -> str:
        """A secret to put in a link, good once for its purpose."""
        token = new_token()
        uow.session.add(
            OneTimeLink(
                digest=digest(token),
                purpose=purpose,
                subject_id=subject_id,
                organization_id=organization_id,
                expires_at=clock.now() + life,
            )
        )
        await uow.session.flush()
        return token

    async def invitation_of(self, uow: UnitOfWork, token: str) -> Invitation:
        """The invitation behind a link, to show it. NotFoundError when used or over."""
        link = await repository.find_link(uow.session, digest(token), "invitation", clock.now())
        if link is None or link.organization_id is None:
            raise NotFoundError("This invitation was used or is over. Ask for a new one.")
        await uow.widen([link.organization_id])
        invitation = await uow.session.get(Invitation, link.subject_id)
        if invitation is None:
            raise NotFoundError("This invitation was used or is over. Ask for a new one.")
        return invitation

    async def accept_invitation(
        self,
        uow: UnitOfWork,
        *,
        token: str,
        name: str,
        password: str,
        origin: Origin = NOWHERE,
    ) -> str | SecondStepNeeded | None:
        """Take the role; makes the account or, with its password, uses the one there is.

        None when that password is refused. The caller commits either way: failures are counted
        as those of a sign-in are.
        """
        invitation = await self.invitation_of(uow, token)
        record = await repository.sign_in_of(uow.session, self._email_digest(invitation.email))
        if record is None:
            person = await self.create_user(
                uow, name=name or invitation.name, email=invitation.email, password=password
            )
            user_id = person.id
        elif await self._fits(uow, record, password, origin):
            user_id = record.user_id
        else:
            return None
        await repository.take_link(uow.session, digest(token), "invitation", clock.now())
        invitation.accepted_at = clock.now()
        await self.grant_role(
            uow,
            user_id=user_id,
            organization_id=invitation.organization_id,
            role=Role(invitation.role),
        )
        await uow.session.flush()
        return await self.enter(uow, user_id, origin)

    async def request_password_reset(
        self, uow: UnitOfWork, email: str, origin: Origin = NOWHERE
    ) -> None:
        """Ask for a reset link; a job looks whether the address has an account, so that neither
        the answer nor its time tells.
        """
        await self._ask_for_letter(uow, SEND_RESET, email, origin)

    async def request_sign_in_link(
        self, uow: UnitOfWork, email: str, origin: Origin = NOWHERE
    ) -> None:
        """Ask for a link that signs in; as with a reset link, nothing tells of an account."""
        await self._ask_for_letter(uow, SEND_SIGN_IN_LINK, email, origin)

    async def _ask_for_letter(self, uow: UnitOfWork, job: str, email: str, origin: Origin) -> None:
        account = self._email_digest(check_email(email))
        if await attempts.may_send(uow, self.secret, account, origin):
            uow.enqueue(job, {"account": account.hex()})

    async def sign_in_with_link(
        self, uow: UnitOfWork, token: str, origin: Origin = NOWHERE
    ) -> str | SecondStepNeeded:
        """Sign in by a mailed link, once; a second step stays one."""
        link = await repository.take_link(uow.session, digest(token), SIGN_IN_LINK, clock.now())
        record = await repository.sign_in_by_user(uow.session, link.subject_id) if link else None
        if record is None:
            raise NotFoundError("This link was used or is over. Ask for a new one.")
        entered = await self.enter(uow, record.user_id, origin)
        if isinstance(entered, str):
            (await attempts.begin(uow, self.secret, record.email_digest, origin)).succeed()
        return entered

    async def reset_password(
        self, uow: UnitOfWork, *, token: str, password: str, origin: Origin = NOWHERE
    ) -> None:
        """Set a new password by link; ends every session and API token of the user."""
        link = await repository.take_link(uow.session, digest(token), "password_reset", clock.now())
        record = await repository.sign_in_by_user(uow.session, link.subject_id) if link else None
        if record is None:
            raise NotFoundError("This link was used or is over. Ask for a new one.")
        record.password_hash = await self.passwords.hash(password)
        (await attempts.begin(uow, self.secret, record.email_digest, origin)).forget()
        await repository.remove_sessions(uow.session, record.user_id)
        await tokens.revoke_all(uow, record.user_id)

    async def remove_role(
        self, uow: UnitOfWork, *, user_id: UUID, organization_id: UUID, role: Role
    ) -> None:
        """Take a role away; the last leader of an organization stays."""
        uow.caller.require(organization_id, PEOPLE)
        grants = await repository.roles_in(uow.session, organization_id)
        leaders = [grant for grant in grants if Role(grant.role) in PEOPLE.roles]
        for grant in grants:
            if grant.user_id == user_id and grant.role == role.value:
                if leaders == [grant]:
                    raise ConflictError("The last person in charge cannot be removed.")
                await uow.session.delete(grant)
                uow.audit(organization_id, "role.removed", "User", user_id, role=role.value)
                return
        raise NotFoundError("This person does not hold that role.")
