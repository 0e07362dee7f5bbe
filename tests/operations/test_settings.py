"""A wrong setting is named at start, with its fault."""

from __future__ import annotations

import pytest

from arengo_core.errors import SettingsError
from arengo_core.settings import load_settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """A folder without ``arengo.toml``."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("PORT", "eighty", "ARENGO_PORT: .*integer"),
        ("PORT", "70000", "ARENGO_PORT: .*65535"),
        ("DATABASE_URL", "mysql://u:p@h/d", "ARENGO_DATABASE_URL: .*only PostgreSQL"),
        ("DATABASE_OWNER_URL", "sqlite:///x", "ARENGO_DATABASE_OWNER_URL: .*only PostgreSQL"),
        ("SMTP_URL", "mail.example.it", "ARENGO_SMTP_URL: .*smtp://"),
        ("LOG_LEVEL", "LOUD", "ARENGO_LOG_LEVEL: .*'INFO'"),
        ("DEFAULT_LOCALE", "de", "ARENGO_DEFAULT_LOCALE: .*'it' or 'en'"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, all", "ARENGO_TRUSTED_PROXIES: .*all is no address"),
        ("PUBLIC_URL", "shop.example.it", "ARENGO_PUBLIC_URL: .*https://host"),
        ("CLOCK", "tomorrow", "ARENGO_CLOCK: .*ISO instant"),
        ("TRUSTED_PROXIES", '["all"]', "ARENGO_TRUSTED_PROXIES: .*10.0.0.0/8"),
        ("CONFIG", "/nowhere/arengo.toml", "ARENGO_CONFIG: there is no file /nowhere"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch, name, value, fault):
    monkeypatch.setenv(f"ARENGO_{name}", value)
    with pytest.raises(SettingsError, match=fault):
        load_settings()


def test_a_wrong_value_in_the_file_is_named(tmp_path, monkeypatch):
    (tmp_path / "arengo.toml").write_text('workers = "many"\n')
    with pytest.raises(SettingsError, match=r"WORKERS: .*integer"):
        load_settings()
    (tmp_path / "arengo.toml").write_text("wrokers = 2\n")
    with pytest.raises(SettingsError, match="WROKERS"):
        load_settings()
    (tmp_path / "arengo.toml").write_text("workers = \n")
    with pytest.raises(SettingsError, match=r"arengo\.toml"):
        load_settings()


def test_the_environment_goes_before_the_file(tmp_path, monkeypatch):
    (tmp_path / "arengo.toml").write_text('port = 9001\ndefault_locale = "en"\n')
    monkeypatch.setenv("ARENGO_PORT", "9002")
    monkeypatch.setenv("ARENGO_WORKERS", "")
    monkeypatch.setenv("ARENGO_TRUSTED_HOSTS", "a.example.it, b.example.it")
    settings = load_settings()
    assert settings.trusted_hosts == ["a.example.it", "b.example.it"]
    assert (settings.port, settings.default_locale, settings.workers) == (9002, "en", 2)


def test_a_command_says_it_in_one_line(arengo):
    answer = arengo("migrate", port="eighty")
    assert answer.returncode == 2
    assert answer.stderr.startswith("arengo: Settings are wrong: ARENGO_PORT:")
    assert "Traceback" not in answer.stderr
