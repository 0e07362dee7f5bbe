"""The host: what core, marketplace and plugins share at run time."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

import arengo_themes
from arengo_core.caller import ANONYMOUS, Caller
from arengo_core.database.engine import make_engine, plain_url
from arengo_core.database.unit_of_work import UnitOfWork, make_sessions, unit_of_work
from arengo_core.errors import NotActiveError, SettingsError
from arengo_core.files.service import Files
from arengo_core.i18n import catalogue
from arengo_core.identity.passwords import Passwords
from arengo_core.identity.service import Identity
from arengo_core.limits.counter import RequestCounter
from arengo_core.mail.sender import MailSender
from arengo_core.outbound.client import Outbound
from arengo_core.plugins import gate
from arengo_core.plugins.contributions import Capability, Provider
from arengo_core.plugins.guard import Guard
from arengo_core.plugins.registry import ESSENTIAL, Owned, PluginError, Registry
from arengo_core.secrets import Cipher
from arengo_core.settings import Settings
from arengo_core.tasks.watching import TaskWatch

ContractT = TypeVar("ContractT")


@dataclass(slots=True)
class Host:
    """One running program: its settings, its plugins, its database."""

    settings: Settings
    registry: Registry
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    guard: Guard
    identity: Identity
    cipher: Cipher
    mail: MailSender
    outbound: Outbound
    requests: RequestCounter
    state: dict[str, Any] = field(default_factory=dict[str, Any])
    files: Files = field(init=False)
    task_watch: TaskWatch = field(init=False)

    def __post_init__(self) -> None:
        self.files = Files(self)
        self.task_watch = TaskWatch(plain_url(self.engine))

    @classmethod
    def create(cls, settings: Settings, registry: Registry, app_url: str) -> Host:
        """Put a host together; opens no connection yet."""
        engine = make_engine(
            app_url,
            pool_size=settings.database_pool_size,
            statement_limit=settings.statement_time_limit,
        )
        sessions = make_sessions(engine)
        cipher = Cipher(settings.master_keys())
        secret = settings.secret_key.get_secret_value().encode()
        catalogue.add(arengo_themes.LOCALES)
        for plugin in list(registry.plugins):
            if plugin.resources.locale is None:
                continue
            try:
                catalogue.add(plugin.resources.locale)
            except Exception as error:
                fault = PluginError(plugin.name, "locale", f"{type(error).__name__}: {error}")
                registry = registry.without(plugin.name, fault)
        return cls(
            settings=settings,
            registry=registry,
            engine=engine,
            sessions=sessions,
            guard=Guard(sessions, settings.plugin_time_limit),
            identity=Identity(Passwords(settings.password_cost), secret, cipher),
            cipher=cipher,
            mail=MailSender(settings.smtp_url, settings.mail_from),
            outbound=Outbound(settings.outbound_networks),
            requests=RequestCounter(sessions, secret),
        )

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()

    @asynccontextmanager
    async def unit_of_work(
        self, caller: Caller = ANONYMOUS, *, read_only: bool = False
    ) -> AsyncGenerator[UnitOfWork]:
        """One transaction in the caller's scope; commits at the end unless an error leaves it."""
        async with unit_of_work(
            self.sessions, caller, self.registry.handlers_of, read_only=read_only
        ) as uow:
            yield uow

    async def capability(
        self, uow: UnitOfWork, contract: type[ContractT], member: UUID
    ) -> ContractT:
        """Another plugin's capability, for a member, in the caller's transaction.

        Raises NotActiveError where the member has not activated its service or no plugin
        brings it. Calls are guarded: a fault becomes UnavailableError.
        """
        found, service = self._brought(contract)
        if service is not None:
            await gate.require_active(uow.session, service, member)
        return self._guarded(found, contract, uow)

    async def capability_among(
        self, uow: UnitOfWork, contract: type[ContractT], members: Collection[UUID]
    ) -> tuple[ContractT, frozenset[UUID]]:
        """The same for several members at once, with those of them who have its service active.

        Raises NotActiveError where no plugin brings it.
        """
        found, service = self._brought(contract)
        admitted = members
        if service is not None:
            admitted = await gate.admissions(uow.session, service, members)
        return self._guarded(found, contract, uow), frozenset(admitted)

    def _brought(self, contract: type[Any]) -> tuple[Owned, str | None]:
        """What brings a capability, and the service that it needs."""
        found = self.registry.capabilities.get(contract)
        if found is None:
            raise NotActiveError(contract.__name__)
        capability: Capability = found.value
        return found, capability.service

    def _guarded(self, found: Owned, contract: type[ContractT], uow: UnitOfWork) -> ContractT:
        """A capability in the caller's transaction; a faulty one spoils its own part of it."""
        apart = None if found.plugin in ESSENTIAL else uow
        made = found.value.make(self, uow)
        return cast(
            ContractT, self.guard.wrap(found.plugin, made, door=contract.__name__, uow=apart)
        )

    def continuing(self, uow: UnitOfWork, contract: type[ContractT]) -> ContractT:
        """A capability to finish what was begun (refunds, tracking), whatever its Activation."""
        found, _ = self._brought(contract)
        return self._guarded(found, contract, uow)

    def standalone(self, contract: type[ContractT], *, time_limit: float = 30.0) -> ContractT:
        """A capability that opens its own units of work: it talks to the outside between them.

        Never call one inside a transaction.
        """
        found, _ = self._brought(contract)
        return cast(
            ContractT,
            self.guard.wrap(
                found.plugin,
                found.value.make(self, None),
                door=contract.__name__,
                time_limit=time_limit,
            ),
        )

    def provider(
        self,
        contract: type[ContractT],
        key: str,
        settings: dict[str, Any] | None = None,
        *,
        time_limit: float | None = None,
        uow: UnitOfWork | None = None,
    ) -> ContractT:
        """One interchangeable implementation by its key. SettingsError when not installed.

        ``time_limit`` in seconds replaces the settings' own for those that talk to the outside.
        ``uow``: the caller's transaction, in which it works; a faulty one spoils its own part.
        """
        found = self.registry.providers.get((contract, key))
        if found is None:
            raise SettingsError("No installed plugin brings {key}.", key=key)
        provider: Provider = found.value
        return cast(
            ContractT,
            self.guard.wrap(
                found.plugin,
                provider.make(self, settings or {}),
                door=f"{contract.__name__} {key}",
                time_limit=time_limit,
                uow=uow,
            ),
        )

    def url(self, path: str) -> str:
        """An absolute address on this site."""
        return f"{self.settings.base_url}{path}"
