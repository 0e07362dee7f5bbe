"""The stand-in as a Litestar application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from litestar import Litestar
from litestar.datastructures import State

from arengo_payments.standin import state
from arengo_payments.standin.api import api
from arengo_payments.standin.checkout import expire_due
from arengo_payments.standin.control import control
from arengo_payments.standin.pages import pages
from arengo_payments.standin.service import Config, Standin


def create_app(config: Config) -> Litestar:
    """The application; its state lives and dies with it."""
    standin = Standin(config)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None]:
        keeper = Keeper(standin, config.state_file) if config.state_file else None
        clock = asyncio.create_task(_watch_clock(standin, keeper))
        yield
        clock.cancel()
        await standin.webhooks.stop()
        if keeper:
            keeper.keep()

    return Litestar(
        [api, control, pages],
        state=State({"standin": standin}),
        lifespan=[lifespan],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=1_000_000,
    )


class Keeper:
    """Writes a world to its file whenever something happened: every change makes an object."""

    def __init__(self, standin: Standin, file: Path) -> None:
        self._world = standin.world
        self._file = file
        self._path = state.webhook_path(file)
        state.load(self._world, file)
        self._kept = len(self._world.objects)

    def keep(self) -> None:
        """Write if there is anything new."""
        if len(self._world.objects) != self._kept:
            state.save(self._world, self._file, self._path)
            self._kept = len(self._world.objects)


async def _watch_clock(standin: Standin, keeper: Keeper | None) -> None:
    while True:
        await asyncio.sleep(1)
        expire_due(standin.world)
        if keeper:
            keeper.keep()
