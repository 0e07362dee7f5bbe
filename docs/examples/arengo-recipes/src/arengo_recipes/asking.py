"""Asking a server over HTTP, and what each end of a call means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class Refusal:
    """The server said no: nothing happened."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have happened or not: the answer was lost, late, or the server's own fault."""

    reason: str


@dataclass(frozen=True, slots=True)
class Server:
    """A server with its address, its token and the time limit of a call in seconds."""

    address: str
    token: str
    time_limit: float = 10.0

    async def ask(
        self, method: str, path: str, key: str = "", **values: Any
    ) -> dict[str, Any] | Refusal | Unknown:
        """One call; ``key`` makes it harmless to repeat."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if key:
            headers["Idempotency-Key"] = key
        sent: dict[str, Any] = {"params" if method == "GET" else "json": values}
        try:
            async with httpx.AsyncClient(timeout=self.time_limit, trust_env=False) as client:
                answer = await client.request(
                    method, f"{self.address}{path}", headers=headers, **sent
                )
            content = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            return Unknown(type(error).__name__)
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            return Unknown(f"HTTP {answer.status_code}")
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            return Refusal(content["code"], content["message"])
        return content
