"""The kit passes what keeps its promises, ours and a stranger's, and names what does not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import pytest
from click.testing import CliRunner

from arengo_core.cli.main import cli
from tests.third_party.conftest import pip_install

NAME = "parking-permits"
KEY = "parking_permits"
KIT = Path(find_spec("arengo_marketplace.conformance").origin).parent

# What is replaced in which file of a new plugin, and the check that must fail then.
FAULTS = {
    "a table under a policy of its own": (
        "migrations/versions/0001_entries.py",
        f'    op.secure_table("{KEY}.entry", "member")\n',
        f'    op.execute("create policy opened on {KEY}.entry using (true)")\n',
        "tables: each table is under its class",
    ),
    "something left behind": (
        "migrations/versions/0001_entries.py",
        "def upgrade() -> None:\n",
        'def upgrade() -> None:\n    op.execute("create table core.parking_left (a int)")\n',
        "tables: migrations go down with data and up again and leave nothing",
    ),
    "a text without translation": (
        "entries/pages.py",
        "The entry is kept.",
        "The entry is kept, thank you.",
        "texts: every text has its translations",
    ),
    "an import past a contract": (
        "entries/service.py",
        "from arengo_core import clock\n",
        "from arengo_core import clock\nfrom arengo_marketplace.members import directory\n",
        "imports: only contracts of others are imported",
    ),
    "a job under another's name": (
        "entries/service.py",
        f'COUNT = "{KEY}.count_entry"',
        'COUNT = "core.count_entry"',
        "manifest: jobs and handlers carry its name",
    ),
    "a route that fails with the service": (
        "entries/pages.py",
        '    """The entries, and the form for one more."""\n',
        '    raise RuntimeError("broken")\n',
        "gating: routes answer members with the service alone[parking permits]",
    ),
    "an entrance that names no service": (
        "entries/graphql.py",
        'description="Entries of a municipality of mine, by name.", metadata=only_with(SERVICE)',
        'description="Entries of a municipality of mine, by name."',
        "gating: what names no service is said to be open",
    ),
    "a job that names no service, and one whose payload names no member": (
        "plugin.py",
        "[Job(counting.COUNT, counting.count_entry, service=SERVICE, finishes=True)]",
        "[\n"
        "        Job(counting.COUNT, counting.count_entry),\n"
        "        Job('parking_permits.begin', counting.count_entry, service=SERVICE, member='x'),\n"
        "    ]",
        "gating: what names no service is said to be open",
    ),
    "… in its sample": (
        "conformance.py",
        "{COUNT: _counted}",
        "{COUNT: _counted, 'parking_permits.begin': _counted}",
        "jobs: a job of a service runs for members with it alone[parking permits]",
    ),
    "a job that counts twice": (
        "entries/counting.py",
        'key=payload["entry"]',
        "key=str(object())",
        "jobs: running a job twice is running it once",
    ),
    "personal data that nobody declares": (
        "entries/models.py",
        "    note: Mapped[str]\n",
        "    note: Mapped[str]\n    email: Mapped[str | None]\n",
        "privacy: tables with personal columns are declared",
    ),
    "… kept in its table": (
        "migrations/versions/0001_entries.py",
        '        sa.Column("note"',
        '        sa.Column("email", sa.String(), nullable=True),\n        sa.Column("note"',
        "privacy: tables with personal columns are declared",
    ),
    "a handler that counts twice": (
        "plugin.py",
        "@hookimpl\ndef arengo_jobs()",
        "from typing import ClassVar\n"
        "from arengo_core.ids import new_id\n"
        "from arengo_core.outbox.events import Event, EventHandler\n\n\n"
        "class Happened(Event):\n"
        "    name: ClassVar[str] = 'parking_permits.happened'\n\n\n"
        "async def _twice(uow, delivery):\n"
        "    uow.session.add(models.Entry(id=new_id(), name=new_id().hex, note='',\n"
        "        organization_id=delivery.event.organization_id))\n"
        "    uow.enqueue('parking_permits.count_entry', {})\n\n\n"
        "@hookimpl\ndef arengo_event_handlers():\n"
        "    return [EventHandler(Happened, _twice, 'parking_permits.twice')]\n\n\n"
        "@hookimpl\ndef arengo_jobs()",
        "handlers: handling an event twice is handling it once",
    ),
}


@pytest.fixture(scope="session")
def new_plugin(tmp_path_factory):
    """A new plugin's folder as ``arengo plugin new`` writes it."""
    folder = tmp_path_factory.mktemp("new")
    done = CliRunner().invoke(cli, ["plugin", "new", NAME, "--directory", str(folder)])
    assert done.exit_code == 0, done.output
    return folder / f"arengo-{NAME}"


@pytest.fixture(scope="session")
def site(new_plugin, tmp_path_factory):
    """A folder for ``sys.path`` with the new plugin as pip put it there."""
    target = tmp_path_factory.mktemp("site")
    pip_install(new_plugin, target)
    return target


@pytest.fixture(scope="module", autouse=True)
def _one_server(server_of_this_run):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server_of_this_run.items():
            patch.setenv(name, value)
        yield


def _environment(*places):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    kept["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    return kept | ({"PYTHONPATH": os.pathsep.join(map(str, places))} if places else {})


def _check(plugin, *places, cwd=None):
    return subprocess.run(
        ["arengo", "plugin", "check", str(plugin), "--json", "report.json"],
        env=_environment(*places),
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_new_plugin_passes_at_once(new_plugin, site, tmp_path):
    done = _check(new_plugin, site, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{KEY}: " in done.stdout
    report = json.loads((tmp_path / "report.json").read_text())
    areas = {result["area"] for result in report if result["outcome"] == "passed"}
    assert areas == {
        "composition",
        "gating",
        "grants",
        "imports",
        "jobs",
        "manifest",
        "privacy",
        "settings",
        "tables",
        "texts",
    }
    assert {result["outcome"] for result in report} == {"passed", "skipped"}


def test_the_tests_of_a_new_plugin_pass(new_plugin, site):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(new_plugin)],
        env=_environment(site),
        cwd=new_plugin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert "4 passed" in done.stdout


def _run_areas(areas, site, report):
    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-c", str(KIT / "pytest.ini")),
            *(str(KIT / f"test_{area}.py") for area in areas),
            *("--arengo-plugin", KEY, "--arengo-report", str(report)),
        ],
        env=_environment(site),
        capture_output=True,
        check=False,
    )
    return json.loads(report.read_text())


def test_secret_settings_are_tried_too(site, tmp_path):
    with_secret = tmp_path / "site"
    shutil.copytree(site, with_secret, ignore=shutil.ignore_patterns("__pycache__"))
    path = with_secret / f"arengo_{KEY}" / "plugin.py"
    phone = "    phone: str ="
    path.write_text(
        path.read_text().replace(phone, f'    key: str = setting("Key", secret=True)\n{phone}')
    )
    results = _run_areas(["settings"], with_secret, tmp_path / "report.json")
    assert [one["outcome"] for one in results] == ["passed"] * 3, results


@pytest.fixture(scope="module")
def faults_found(site, tmp_path_factory):
    """What the kit says of a plugin with all the faults at once: check and reason."""
    folder = tmp_path_factory.mktemp("broken")
    broken = folder / "site"
    shutil.copytree(site, broken, ignore=shutil.ignore_patterns("__pycache__"))
    for file, whole, replacement, _ in FAULTS.values():
        path = broken / f"arengo_{KEY}" / file
        assert whole in path.read_text(), f"{file} has changed"
        path.write_text(path.read_text().replace(whole, replacement))
    areas = sorted({check.partition(":")[0] for *_, check in FAULTS.values()})
    results = _run_areas(areas, broken, folder / "report.json")
    return {
        f"{one['area']}: {one['check']}": one["reason"]
        for one in results
        if one["outcome"] == "failed"
    }


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_promise_is_named(fault, faults_found):
    *_, check = FAULTS[fault]
    assert faults_found.get(check), f"not told: {check}; told: {sorted(faults_found)}"


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ("tables: each table is under its class", ("not under forced", "lacks", "opened")),
        (
            "handlers: handling an event twice is handling it once",
            ("parking_permits.entry", "jobs"),
        ),
        (
            "gating: what names no service is said to be open",
            ("Query.parkingPermitsEntries", "job core.count_entry"),
        ),
        ("jobs: running a job twice is running it once", ("core.count_entry", "marketplace.")),
    ],
)
def test_all_that_is_broken_in_it_is_said(check, words, faults_found):
    assert [one for one in words if one not in faults_found[check]] == [], faults_found[check]


def test_a_promise_that_is_kept_is_not_named(faults_found):
    assert set(faults_found) <= {check for *_, check in FAULTS.values()} | {
        "tables: a member cannot reach anothers rows"  # without row-level security
    }


@pytest.mark.parametrize("plugin", ["communications", "delivery", "payments", "storefront"])
def test_our_own_plugins_have_no_privilege(plugin, tmp_path):
    done = _check(plugin, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("Parking", "is no name for a plugin"),
        ("-x", "No such option"),
        ("storefront", "is installed: choose another name"),
    ],
)
def test_a_bad_name_is_refused_and_nothing_is_written(name, fault, tmp_path):
    done = CliRunner().invoke(cli, ["plugin", "new", name, "--directory", str(tmp_path)])
    assert done.exit_code != 0
    assert fault in done.output
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_overwritten(tmp_path):
    (tmp_path / f"arengo-{NAME}").mkdir()
    done = CliRunner().invoke(cli, ["plugin", "new", NAME, "--directory", str(tmp_path)])
    assert done.exit_code == 1
    assert "is there already: nothing was written" in done.output


def test_a_plugin_that_is_not_installed_is_told_how(new_plugin, tmp_path):
    done = CliRunner().invoke(cli, ["plugin", "check", str(new_plugin)])
    assert done.exit_code == 1
    assert f"is not installed: pip install -e {new_plugin}" in done.output


async def test_uninstalling_drops_its_tables_and_nothing_else(site, empty_database, tmp_path):
    environment = _environment(site) | {
        "ARENGO_DATABASE_URL": empty_database.app,
        "ARENGO_DATABASE_OWNER_URL": empty_database.owner,
        "ARENGO_DATA_DIR": str(tmp_path),
    }

    def arengo(*arguments):
        command = ["arengo", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    async def schemas():
        connection = await asyncpg.connect(empty_database.owner)
        try:
            rows = await connection.fetch("select nspname from pg_namespace")
        finally:
            await connection.close()
        return {row["nspname"] for row in rows}

    before = await schemas()
    assert arengo("migrate").returncode == 0
    assert await schemas() - before == {KEY}
    refused = arengo("plugin", "uninstall", "marketplace", "--yes")
    assert refused.returncode == 1
    assert "belongs to the program itself" in refused.stderr
    environment["ARENGO_DISABLED_PLUGINS"] = KEY  # as who takes one away did before
    gone = arengo("plugin", "uninstall", KEY, "--yes")
    assert gone.returncode == 0, gone.stderr
    assert f"The tables of {KEY} are gone." in gone.stdout
    assert f"pip uninstall arengo-{NAME}" in gone.stdout
    assert await schemas() == before
    again = arengo("plugin", "uninstall", KEY, "--yes")
    assert again.returncode == 0, again.stderr
    assert f"There were no tables of {KEY}." in again.stdout
    assert f"pip uninstall arengo-{NAME}" in again.stdout
    assert await schemas() == before
