"""The docs speak of what is there."""

from __future__ import annotations

import re
import tomllib

from click import Group

from arengo_core.cli.main import cli
from tests.architecture.sources import ROOT

PAGES = [
    *ROOT.glob("*.md"),
    *(p for p in (ROOT / "docs").rglob("*.md") if not {"_build", "examples"} & set(p.parts)),
]

WRITTEN_BY_THE_READER = {"docker/.env"}


def _distribution(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9_.-]+", requirement)
    assert name
    return name.group().lower()


def test_every_dependency_is_explained():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"]]
    for group in ("plugins", "check", "test", "data"):
        wanted += project["dependency-groups"][group]
    text = (ROOT / "docs/explanation/dependencies.md").read_text()
    missing = {
        name
        for name in map(_distribution, wanted)
        if not re.search(rf"\b{re.escape(name)}\b", text)
    }
    assert missing == set()


def test_targets_of_make_that_are_spoken_of_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        spoken = re.findall(r"(?:\$ |`)(?:\w+=\S+ )*make ([a-z-]+)", page.read_text())
        assert set(spoken) - targets == set(), page


def test_commands_that_are_spoken_of_exist():
    assert isinstance(cli, Group)
    known = set(cli.list_commands(None))  # pyright: ignore[reportArgumentType]
    for page in PAGES:
        spoken = re.findall(r"(?:\$ (?:\S*/bin/)?|`)arengo ([a-z]+)", page.read_text())
        assert set(spoken) - known == set(), page


def test_settings_that_are_spoken_of_exist():
    from arengo_core.settings import Settings

    known = {f"ARENGO_{name.upper()}" for name in Settings.model_fields}
    elsewhere = {"ARENGO_TEST_OWNER_URL", "ARENGO_TEST_APP_URL", "ARENGO_CHROMIUM"}
    containers = {"ARENGO_OWNER_PASSWORD", "ARENGO_APP_PASSWORD"}
    for page in PAGES:
        spoken = set(re.findall(r"\bARENGO_[A-Z_]+[A-Z]\b", page.read_text()))
        assert spoken - known - elsewhere - containers == set(), page


def test_links_between_files_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page}: {target}"


def test_files_and_folders_that_are_spoken_of_exist():
    tops = {entry.name for entry in ROOT.iterdir() if entry.is_dir()}
    for page in PAGES:
        for path in re.findall(r"`([\w.-]+/[\w./-]*)`", page.read_text()):
            if path.split("/")[0] in tops and path not in WRITTEN_BY_THE_READER:
                assert (ROOT / path).exists(), f"{page}: {path}"
