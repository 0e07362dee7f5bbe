"""For tests: a server that plays bank, post, provider of texts, register and shelf."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from arengo_core.identity.contract import Departure
from arengo_core.ids import new_token


class FarSide:
    """What it keeps, and what it does to the next call that changes something."""

    def __init__(self) -> None:
        self.address = ""
        self.mood = ""
        self.kept: dict[str, dict[str, Any]] = {}
        self.files: dict[str, tuple[bytes, str]] = {}

    async def lose_next_answer(self) -> None:
        self.mood = "lose"

    async def fall_silent(self) -> None:
        self.mood = "silent"

    async def refuse_next(self) -> None:
        self.mood = "refuse"

    async def pay(self, url: str) -> None:
        """As the payer on the bank's page would."""
        found = self.kept[url.rpartition("/")[2]]
        found |= {"status": "paid", "payment": f"p-{found['id']}", "url": None}

    async def come_back(self, departure: Departure, person: str) -> dict[str, str]:
        """As somebody who proves on the register's page to be a person of it."""
        found = self.kept[departure.url.rpartition("/")[2]]
        found |= {"ticket": f"t-{new_token()}", "person": person, "name": person.title()}
        return {"state": found["key"], "ticket": found["ticket"]}

    async def refuse(self, departure: Departure) -> dict[str, str]:
        """As somebody who leaves that page."""
        return {"state": self.kept[departure.url.rpartition("/")[2]]["key"]}

    def by_key(self, kind: str, key: str) -> dict[str, Any] | None:
        """What a key made."""
        return next((i for i in self.kept.values() if (i["kind"], i["key"]) == (kind, key)), None)

    def create(self, kind: str, key: str, body: dict[str, Any]) -> dict[str, Any] | str:
        """Make something once for a key, or say why not."""
        known = self.by_key(kind, key)
        if known is not None:
            return known
        reference = f"{kind[0]}-{len(self.kept)}"
        made = {**body, "id": reference, "kind": kind, "key": key, "status": "open", "steps": []}
        if kind == "checkouts":
            if body["amount"] > 100_000:
                return "more than the bank takes at once"
            made |= {"payment": None, "url": f"{self.address}/pages/{reference}"}
        if kind == "journeys":
            made |= {"ticket": None, "url": f"{self.address}/pages/{reference}"}
        if kind == "identities":
            found = self.kept.get(body["journey"], {})
            if not body["ticket"] or found.get("ticket") != body["ticket"]:
                return "no such ticket"
            made |= {"person": found["person"], "name": found["name"]}
        if kind == "refunds":
            back = [i["amount"] for i in self.kept.values() if i.get("payment") == body["payment"]]
            # The first is the checkout itself; the others went back already.
            if not back or body["amount"] > back[0] - sum(back[1:]):
                return "more than is left of the payment"
        if kind == "bookings" and body["option"] != "parcel":
            return "no such option"
        self.kept[reference] = made
        return made


def _now() -> str:
    return datetime.now(UTC).isoformat()


_ENDS = {"expire": ("open", "expired"), "cancel": ("open", "cancelled")}


class _Handler(BaseHTTPRequestHandler):
    far: FarSide

    def do_GET(self) -> None:
        path, _, asked = self.path.partition("?")
        if path.startswith("/files/"):
            self._give(unquote(path.removeprefix("/files/")), parse_qs(asked))
            return
        kind, _, reference = urlsplit(self.path).path.strip("/").partition("/")
        key = self.headers.get("Idempotency-Key", "")
        self._answer(self.far.kept.get(reference) if reference else self.far.by_key(kind, key))

    do_HEAD = do_GET  # noqa: N815 - the library's name

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.far.files[self.path.removeprefix("/files/")] = content, _now()
        if self._mood() != "lose":
            self._send(204)

    def do_DELETE(self) -> None:
        gone = self.far.files.pop(self.path.removeprefix("/files/"), None)
        self._send(204 if gone else 404)

    def _mood(self) -> str:
        mood, self.far.mood = self.far.mood, ""
        if mood == "silent":
            time.sleep(60)
        return mood

    def _give(self, key: str, asked: dict[str, list[str]]) -> None:
        if self._mood() == "silent":
            return
        if not key:
            under = asked.get("under", [""])[0]
            found = [
                {"key": name, "size": len(content), "changed_at": at}
                for name, (content, at) in list(self.far.files.items())
                if name.startswith(under)
            ]
            self._send(200, json.dumps(found).encode())
        elif key in self.far.files:
            self._send(200, *self.far.files[key])
        else:
            self._send(404)

    def _send(self, status: int, content: bytes = b"", changed_at: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Changed-At", changed_at)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        mood = self._mood()
        if mood == "silent":
            return
        kind, *rest = urlsplit(self.path).path.strip("/").split("/")
        if rest:
            found = self.far.kept.get(rest[0])
            before, after = _ENDS[rest[1]]
            if found is not None and found["status"] == before:
                found |= {"status": after, "url": None}
        elif mood == "refuse":
            found = "there is no such number"
        else:
            found = self.far.create(kind, self.headers.get("Idempotency-Key", ""), body)
        if mood != "lose":
            self._answer(found)

    def _answer(self, found: dict[str, Any] | str | None) -> None:
        status = 200
        if found is None:
            status, found = 404, {"code": "not_found", "message": "there is no such thing"}
        elif isinstance(found, str):
            status, found = 422, {"code": "refused", "message": found}
        content = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Tests look at what it keeps."""


@contextmanager
def serving() -> Iterator[FarSide]:
    """The server on a free port."""
    far = FarSide()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"far": far}))
    far.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield far
    server.shutdown()
    server.server_close()
