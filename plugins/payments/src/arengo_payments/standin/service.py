"""One stand-in: its world, keys, faults and webhooks, and how an API request goes through them."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from pathlib import Path

from arengo_payments.standin.checkout import expire_due
from arengo_payments.standin.errors import ApiError, invalid
from arengo_payments.standin.faults import Fault, Faults
from arengo_payments.standin.forms import Json, parse
from arengo_payments.standin.idempotency import Answer, Keys, fingerprint
from arengo_payments.standin.routes import perform
from arengo_payments.standin.webhooks import RETRY_DELAYS, Dispatcher
from arengo_payments.standin.world import World, new_id

SERVER_ERROR: Json = {
    "error": {"message": "An unknown error occurred", "type": "api_error"},
}


@dataclass(frozen=True, slots=True)
class Config:
    """`origin` is how browsers and the API's clients reach this server, without a final slash.

    What it knows is lost at the end unless there is a `state_file` (see `standin.state`).
    """

    origin: str
    secret_key: str
    webhook_secret: str
    webhook_url: str | None = None
    retry_delays: tuple[float, ...] = RETRY_DELAYS
    state_file: Path | None = None


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """What of an HTTP request matters."""

    method: str
    path: str
    query: str
    body: bytes
    authorization: str
    idempotency_key: str | None


class Standin:
    """The state of one server."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.webhooks = Dispatcher(config.webhook_url, config.webhook_secret, config.retry_delays)
        self.world = World(config.origin, self.webhooks.schedule)
        self.faults = Faults()
        self._keys = Keys()

    def answer(self, request: ApiRequest, fault: Fault | None) -> tuple[Answer, bool]:
        """The answer, and whether it is one given before."""
        expire_due(self.world)
        key = request.idempotency_key if request.method == "POST" else None
        mark = fingerprint(request.method, request.path, request.body)
        now = self.world.now()
        try:
            self._authenticate(request.authorization)
            kept = self._keys.replay(key, mark, now) if key else None
            if kept is not None:
                return kept, True
            body, status = self._perform(request), 200
        except ApiError as error:
            body, status = error.body, error.status
        if fault is not None and fault.kind == "error":
            body, status = SERVER_ERROR, 500
        answer = Answer(status, body, new_id("req_"))
        if key:
            self._keys.keep(key, mark, now, answer)
        return answer, False

    def _perform(self, request: ApiRequest) -> Json:
        encoded = request.body.decode() if request.method == "POST" else request.query
        try:
            data = parse(encoded)
        except ValueError as error:
            raise invalid(f"Invalid request: {error}") from None
        return perform(self.world, request.method, request.path, data)

    def _authenticate(self, authorization: str) -> None:
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise ApiError(
                401,
                "You did not provide an API key. You need to provide your API key in the"
                " Authorization header, using Bearer auth (e.g. 'Authorization: Bearer"
                " YOUR_SECRET_KEY').",
            )
        if not hmac.compare_digest(key.encode(), self.config.secret_key.encode()):
            hidden = "*" * max(len(key) - 4, 0) + key[-4:]
            raise ApiError(401, f"Invalid API Key provided: {hidden}")
