"""Make the dump of a release from which the tests upgrade.

    python scripts/release_dump.py tests/upgrade/0.1.0

Builds the demo of Valmalenco with the sample plugin in it, adds what the demo has none of, and
writes ``dump.sql.xz`` (schema and rows of every history) and ``secret`` (what its stored secrets
are encrypted with) into the folder. Run it on a release's own commit, before work on the next one
begins; `docs/how-to/upgrade.md` says when.
"""

from __future__ import annotations

import asyncio
import lzma
import os
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "docs" / "examples" / "arengo-skilift"
SECRET = "kept-in-the-open-for-the-tests-of-upgrades"
PASSWORD = "arengo-demo-2026"
OFFICE = "office@valmalenco.example"
OFFICER = "officer@lanzada.example"
# What would make the file large and prove nothing: the queue's log, and the pictures' pixels.
THIN_OUT = """
truncate queue.pgqueuer_log;
update storefront.media set (large, small) = (
    select small, small from storefront.media order by length(small), id limit 1
)
"""


def _run(*command: str | Path, **environment: str) -> None:
    subprocess.run(command, env={**os.environ, **environment}, check=True)


class Person:
    """Somebody at the API of the application in this process."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def do(self, query: str, **variables: Any) -> Any:
        """The answer of the one field asked; AssertionError when it is refused."""
        asked = {"query": query, "variables": variables}
        answer = (await self.http.post("/graphql", json=asked)).json()
        assert "errors" not in answer, (query, answer)
        (payload,) = answer["data"].values()
        assert not (isinstance(payload, dict) and payload.get("userErrors")), (query, payload)
        return payload

    async def sign_in(self, email: str) -> str:
        """Sign in; the id of the organization that one acts for."""
        query = """mutation($email: String!, $password: String!) {
            signIn(email: $email, password: $password) { token userErrors { message } } }"""
        token = (await self.do(query, email=email, password=PASSWORD))["token"]
        self.http.headers["authorization"] = f"Bearer {token}"
        return (await self.do("{ me { actingFor { id } } }"))["actingFor"]["id"]


async def add() -> None:
    """What the demo has none of, done as its people would: the sample's service, and more."""
    from arengo_core.cli.running import open_host
    from arengo_core.jobs.worker import drain
    from arengo_core.web.app import create_app

    async with open_host() as host:
        transport = httpx.ASGITransport(app=create_app(host))

        def client() -> httpx.AsyncClient:
            return httpx.AsyncClient(transport=transport, base_url="http://localhost")

        async with client() as first, client() as second:
            office, officer = Person(first), Person(second)
            consortium, member = await office.sign_in(OFFICE), await officer.sign_in(OFFICER)
            offer = await office.do(
                """mutation($c: ID!, $terms: OfferTerms!) { createOffer(consortiumId: $c,
                serviceKey: "skilift", terms: $terms) { offer { id } userErrors { message } } }""",
                c=consortium,
                terms={
                    "pricePlan": {
                        "charges": [
                            {"type": "fixed", "label": "x", "amount": 36000, "every": "year"}
                        ]
                    }
                },
            )
            services = await officer.do("{ services { key grants { key } } }")
            [asked] = [one["grants"] for one in services if one["key"] == "skilift"]
            await officer.do(
                """mutation($o: ID!, $m: ID!, $accepts: [String!]) { requestActivation(
                offerId: $o, memberId: $m, accepts: $accepts)
                { activation { state } userErrors { message } } }""",
                o=offer["offer"]["id"],
                m=member,
                accepts=[grant["key"] for grant in asked],
            )
            for name, state in (("Palù", "open"), ("Bernina", "closed")):
                await officer.do(
                    """mutation($m: ID!, $name: String!, $state: String!) { reportLift(
                    organizationId: $m, name: $name, state: $state) { userErrors { message } } }""",
                    m=member,
                    name=name,
                    state=state,
                )
            await officer.do(
                """mutation($m: ID!) { createApiToken(organizationIds: [$m], days: 90)
                { userErrors { message } } }""",
                m=member,
            )
            await officer.do(
                """mutation($m: ID!) { createWebhook(organizationId: $m,
                url: "https://lanzada.example/hook", events: ["marketplace.activation_changed"])
                { userErrors { message } } }""",
                m=member,
            )
            until = f"{datetime.now(UTC) + timedelta(days=300):%Y-%m-%d}"
            await officer.do(
                """mutation($m: ID!, $c: ID!, $until: Date!) { delegatePermission(
                organizationId: $m, permission: "marketplace.services", delegateId: $c,
                until: $until) { userErrors { message } } }""",
                m=member,
                c=consortium,
                until=until,
            )
            await officer.do(
                """mutation($m: ID!) { setRolePermission(organizationId: $m,
                permission: "marketplace.services", role: "clerk", may: true)
                { userErrors { message } } }""",
                m=member,
            )
            await officer.do(
                """mutation { sendFeedback(text: "Che cosa manca?", replyTo: "ada@example.it")
                { userErrors { message } } }"""
            )
        await drain(host)


async def thin_out(url: str) -> None:
    """Delete what makes the file large."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(THIN_OUT)
    finally:
        await connection.close()


def write(url: str, programs: Path, folder: Path) -> None:
    """The dump, as a superuser's ``pg_dump`` makes it, for an owner of any name."""
    done = subprocess.run(
        [programs / "pg_dump", "--no-owner", "--inserts", "--rows-per-insert=200", url],
        capture_output=True,
        text=True,
        check=True,
    )
    # What is left any client can load, as an owner who is no superuser, on an older server too.
    only_here = r"^(\\.*|COMMENT ON EXTENSION .*|SET transaction_timeout .*)\n"
    text = re.sub(only_here, "", done.stdout, flags=re.M)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "dump.sql.xz"
    file.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    (folder / "secret").write_text(f"{SECRET}\n")
    print(f"{file}: {file.stat().st_size // 1024} KiB")


def main() -> None:
    """Build, add, thin out, write."""
    folder = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="arengo-release-", ignore_cleanup_errors=True) as made:
        place = Path(made)
        place.chmod(0o755)  # the embedded server may run as another user
        site = place / "site"
        _run(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", site, SAMPLE)
        (place / "data" / "demo").mkdir(parents=True)
        (place / "data" / "demo" / "secret").write_text(SECRET)
        own = {"PYTHONPATH": str(site), "ARENGO_DATA_DIR": str(place / "data")}
        _run(sys.executable, "-m", "arengo_core.cli.main", "demo", "--no-serve", **own)
        sys.path.insert(0, str(site))
        os.environ |= {
            **own,
            "ARENGO_DATA_DIR": str(place / "data" / "demo"),
            "ARENGO_SECRET_KEY": SECRET,
            "ARENGO_DEMO": "true",
            "ARENGO_PASSWORD_COST": "low",
        }
        from arengo_core.database.embedded import EmbeddedServer
        from arengo_core.database.roles import embedded_server
        from arengo_core.settings import load_settings

        server: EmbeddedServer = embedded_server(load_settings())
        server.start()
        try:
            asyncio.run(add())
            url = server.url("arengo")
            asyncio.run(thin_out(url))
            [programs] = server.folder.glob("home/.pg0/installation/*/bin")
            write(url, programs, folder)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
