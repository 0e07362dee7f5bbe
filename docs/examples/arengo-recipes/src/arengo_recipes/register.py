"""An identity provider: the register of the valley's union says who somebody is."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from arengo_core.errors import UnavailableError
from arengo_core.host import Host
from arengo_core.identity.contract import Departure, Identified, Journey, NotProvedError
from arengo_recipes.asking import Refusal, Server


class ValleyRegister:
    """People prove themselves on the register's page and come back with a ticket.

    The ticket is shown to the register, which says whose it is. Sent by a browser, it proves
    nothing by itself.
    """

    def __init__(self, server: Server, issuer: str) -> None:
        self._server = server
        self._issuer = issuer

    async def _ask(self, path: str, key: str, **values: str) -> dict[str, Any] | Refusal:
        answer = await self._server.ask("POST", path, key, **values)
        if isinstance(answer, dict | Refusal):
            return answer
        raise UnavailableError("The valley's register does not answer. Try again in a minute.")

    async def begin(self, journey: Journey) -> Departure:
        """The register's page for this journey."""
        made = await self._ask("/journeys", journey.state, return_url=journey.return_url)
        if isinstance(made, Refusal):
            raise UnavailableError("The valley's register does not answer. Try again in a minute.")
        return Departure(made["url"], {"journey": made["id"]})

    async def finish(
        self, journey: Journey, kept: Mapping[str, str], answer: Mapping[str, str]
    ) -> Identified:
        """Whose ticket it is."""
        if not hmac.compare_digest(answer.get("state", "").encode(), journey.state.encode()):
            raise NotProvedError("The valley's register does not say who you are. Begin again.")
        number, ticket = kept["journey"], answer.get("ticket", "")
        person = await self._ask("/identities", f"{number}:{ticket}", journey=number, ticket=ticket)
        if isinstance(person, Refusal):
            raise NotProvedError("The valley's register does not say who you are. Begin again.")
        return Identified(self._issuer, person["person"], name=person["name"])


def make_register(_host: Host, options: Mapping[str, Any]) -> ValleyRegister:
    """From what the installation says of it, under ``identity_providers``."""
    address = str(options["address"])
    return ValleyRegister(Server(address, str(options["token"])), address)
