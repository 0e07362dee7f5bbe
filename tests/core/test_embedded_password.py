"""The embedded server's password is an argument of its program: it may not look like an option."""

from __future__ import annotations

from arengo_core.database.embedded import EmbeddedServer


def test_no_password_begins_like_an_option(tmp_path):
    for number in range(300):
        folder = tmp_path / str(number)
        folder.mkdir()
        url = EmbeddedServer(folder).url()
        assert url.split("postgres:")[1].split("@")[0].isalnum()
