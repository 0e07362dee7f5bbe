"""What outsiders do who have the documentation alone: call the API, bring a service, remove it."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import httpx
import pytest

from arengo_core.clock import ROME
from tests.end_to_end import strangers_page
from tests.end_to_end.conftest import PASSWORD, Start, Valley

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "docs" / "examples" / "a_valleys_month.py"
PAGE = ROOT / "docs" / "tutorial" / "parking-permits.md"
SHOPPER = "ada.api@example.it"
PATH = "/office/parking-permits"
METER = "parking_permits.permits"


@dataclass(frozen=True, slots=True)
class Stranger:
    """An environment with Arengo, an empty folder, and the page's steps."""

    folder: Path
    python: Path
    environment: dict[str, str]
    steps: list[strangers_page.Step]

    def run(self, command: str, **more: str) -> str:
        """A command of the page, in the folder."""
        return strangers_page.run(command, self.folder, self.environment | more)

    def commands(self, word: str) -> Iterator[str]:
        """The page's commands that begin so."""
        for step in self.steps:
            if step.language == "console":
                commands = strangers_page.commands_in(step)
                yield from (one for one in commands if one.startswith(word))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory, database_server) -> Stranger:
    """All that the page does before the product starts: written, installed, changed."""
    folder = tmp_path_factory.mktemp("stranger")
    place = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    python = place / "bin" / "python"
    [site] = place.glob("lib/python3*/site-packages")
    ours = sysconfig.get_path("purelib")
    (site / "arengo-of-this-run.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    for name, module in (("arengo", "arengo_core.cli.main"), ("pip", "pip")):
        script = place / "bin" / name
        script.write_text(f'#!/bin/sh\nexec "{python}" -m {module} "$@"\n')
        script.chmod(0o755)
    server, template = database_server
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "ARENGO_"))}
    made = Stranger(
        folder,
        python,
        kept
        | {
            "PATH": f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_DEPS": "1",
            # pip's way to say that what builds is at hand already.
            **({"PIP_NO_BUILD_ISOLATION": "false"} if find_spec("hatchling") else {}),
            "ARENGO_TEST_OWNER_URL": server.owner,
            "ARENGO_TEST_APP_URL": server.app,
            "ARENGO_TEST_TEMPLATE": template,
        },
        strangers_page.steps_of(PAGE),
    )
    assert list(folder.iterdir()) == []
    begin, *_ = made.steps
    said = [made.run(command) for command in strangers_page.commands_in(begin)]
    assert "parking_permits" in said[-1]
    for step in made.steps:
        if step.file:
            strangers_page.write(step, folder)
    return made


@pytest.fixture(scope="module")
def start(stranger) -> Start:
    """The demo as the page starts it, on this run's server."""
    [command] = stranger.commands("arengo plugin dev")
    _, *words = command.split()
    words[-1] = str(stranger.folder / words[-1])
    return Start((str(stranger.python), "-m", "arengo_core.cli.main", *words), embedded=False)


class Officer:
    """Somebody at the pages, signed in."""

    def __init__(self, valley: Valley, email: str) -> None:
        self.http = httpx.Client(base_url=valley.base_url, trust_env=False, timeout=120)
        self.http.headers["accept-language"] = "en"
        self.get("/sign-in")
        signed_in = self.post("/sign-in", email=email, password=PASSWORD)
        assert signed_in.status_code == 303, signed_in.text

    def get(self, path: str) -> httpx.Response:
        return self.http.get(path)

    def post(self, path: str, **values: str) -> httpx.Response:
        data = {"_csrf_token": self.http.cookies["arengo_csrf"], **values}
        return self.http.post(path, data=data)

    def ask(self, query: str, **variables: str) -> dict:
        asked = {"query": query, "variables": variables}
        token = {"x-csrf-token": self.http.cookies["arengo_csrf"]}
        return self.http.post("/graphql", json=asked, headers=token).json()


def test_the_kit_passes_what_the_page_makes(stranger):
    [check] = stranger.commands("arengo plugin check")
    said = stranger.run(check)
    assert "parking_permits: " in said
    assert "FAIL" not in said.upper(), said


def _activation_of(officer: Officer) -> str:
    """Where the page of services leads to switch the stranger's on."""
    found = re.findall(r"/office/offers/[0-9a-f-]+/activate", officer.get("/office/services").text)
    [link] = [link for link in set(found) if "Parking permits" in officer.get(link).text]
    return link


def _plain(text: str, *words: str) -> str:
    """An answer without what differs from one to the next."""
    for word in words:
        text = text.replace(word, "-")
    return re.sub(r"[0-9a-f]{16,}", "-", text)


def test_one_municipality_has_the_service_and_no_other_notices(stranger, valley):
    office = Officer(valley, "office@valmalenco.example")
    terms = {"yearly": "600", f"rate:{METER}": "2", f"fee:{METER}": "3"}
    shared = {"part:all:1:key": f"usage:{METER}", "part:all:1:weight": "100"}
    put_up = office.post("/office/offers/new/parking_permits", **terms, **shared)
    assert put_up.status_code == 303, put_up.text

    lanzada = Officer(valley, "officer@lanzada.example")
    spriana = Officer(valley, "officer@spriana.example")
    for officer in (lanzada, spriana):
        assert officer.get(PATH).status_code == 404
        assert PATH not in officer.get("/office").text

    # 600 a year and 2 for each of 120 permits, less 3 for each.
    activate = _activation_of(lanzada)
    asked = lanzada.get(f"{activate}?{METER}=10").text
    assert "€480.00" in asked
    assert lanzada.post(activate, **{METER: "10"}).status_code == 400
    [shown] = re.findall(r'name="shown" value="([^"]+)"', asked)
    agreed = {"shown": shown, "accepts": "yes"}
    assert lanzada.post(activate, **{METER: "10"}, **agreed).status_code == 303
    assert PATH in lanzada.get("/office").text

    refused = lanzada.post(PATH, name="targa?", note="A")
    assert refused.status_code == 400
    assert "targa? is no plate" in refused.text
    assert lanzada.post(PATH, name="ab 123 cd", note="A").status_code == 303
    assert "AB123CD" in lanzada.get(PATH).text
    assert "Rilascia un permesso" in lanzada.get(f"{PATH}?lang=it").text
    lanzada.get("/office?lang=en")

    [question] = [step.text for step in stranger.steps if step.language == "graphql"]
    acting = lanzada.ask(question)["data"]["me"]["actingFor"]
    assert acting == {"name": "Lanzada", "parkingPermits": 1}
    _counted(valley, lanzada)

    # Spriana: as if there were no such page and no such field.
    page, none = spriana.get(PATH), spriana.get("/office/nothing-here")
    assert (page.status_code, none.status_code) == (404, 404)
    assert _plain(page.text, PATH) == _plain(none.text, "/office/nothing-here")
    assert PATH not in spriana.get("/office").text
    field, unknown = (
        spriana.ask(text)["errors"][0]
        for text in (question, question.replace("Permits", "Nothing"))
    )
    assert _plain(str(field), "parkingPermits") == _plain(str(unknown), "parkingNothing")
    assert spriana.post(PATH, name="EF456GH", note="").status_code == 404
    assert lanzada.ask(question)["data"]["me"]["actingFor"]["parkingPermits"] == 1

    # What it would cost Spriana too, with five permits a month, and Lanzada then.
    joining = spriana.get(f"{_activation_of(spriana)}?{METER}=5").text
    for figure in ("€140.04", "€279.96", "€480.00"):
        assert figure in joining, joining


def _counted(valley: Valley, officer: Officer) -> None:
    """The worker counts the one permit, once."""
    me = officer.ask("{ me { actingFor { id } } }")["data"]["me"]["actingFor"]["id"]
    query = """query($m: ID!, $meter: String!, $month: String!) { usageRecords(organizationId: $m,
      meter: $meter, month: $month) { nodes { quantity } } }"""
    month = f"{datetime.now(ROME):%Y-%m}"

    def records() -> list[dict]:
        return officer.ask(query, m=me, meter=METER, month=month)["data"]["usageRecords"]["nodes"]

    assert [float(one["quantity"]) for one in valley.wait_for(records)] == [1]


def _run(valley: Valley, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), valley.base_url, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_documented_script_does_the_main_job(valley: Valley, next_month):
    said = _run(valley, "sell", valley.mail_url)
    steps = ("switched on: active", "On sale: ", "Paid: order", "Told by mail", "Handed over")
    assert [step for step in steps if step not in said] == []
    assert said.count("Told by mail") == 2
    assert len([mail for mail in valley.mails(SHOPPER) if "confermato" in mail["subject"]]) == 1

    month = f"{datetime.now(ROME):%Y-%m}"
    too_early = subprocess.run(
        [sys.executable, str(SCRIPT), valley.base_url, "settle", month],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert too_early.returncode == 1
    assert f"Settled {month}" not in too_early.stdout

    next_month()
    settled = _run(valley, "settle", month)
    assert f"Settled {month}" in settled
    assert "Lanzada: " in settled
    assert "payments.transactions: " in settled


def test_it_says_how_it_is_called():
    told = subprocess.run(
        [sys.executable, str(SCRIPT)], capture_output=True, text=True, check=False, timeout=300
    )
    assert told.returncode == 1
    assert "settle 2026-11" in told.stderr


async def _schemas(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("select nspname from pg_namespace where nspname !~ '^pg_'")
    finally:
        await connection.close()
    return {row["nspname"] for row in rows}


def test_taken_away_it_leaves_nothing(stranger, valley, database_server):
    server, template = database_server
    theirs = valley.environment["ARENGO_DATABASE_OWNER_URL"]
    before = asyncio.run(_schemas(server.urls(template).owner))
    assert asyncio.run(_schemas(theirs)) - before == {"parking_permits"}
    valley.stop()
    own = {key: text for key, text in valley.environment.items() if key.startswith("ARENGO_")}
    uninstall, *_ = stranger.commands("arengo plugin uninstall")
    assert "pip uninstall arengo-parking-permits" in stranger.run(uninstall, **own)
    assert asyncio.run(_schemas(theirs)) == before
    [gone] = stranger.commands("pip uninstall")
    stranger.run(gone)
    *_, listed = stranger.commands("arengo plugin list")
    assert "parking" not in stranger.run(listed)
