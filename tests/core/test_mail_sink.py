"""The demo's mail page: links that can be followed, nothing that a message could inject."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import httpx
import pytest

from arengo_core.errors import InvalidInputError
from arengo_core.mail import sink
from arengo_core.mail.address import check_email

MESSAGE = b"""To: ada@example.it
Subject: Order <b>7K3QX</b>
Content-Type: text/plain; charset=utf-8

Open it: http://127.0.0.1:8000/orders/secret?a=1&b=2
<script>alert(1)</script>
"""


@pytest.fixture
def mail(tmp_path) -> Iterator[tuple[sink.Store, httpx.Client]]:
    store = sink.Store(tmp_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), sink.pages(store))
    threading.Thread(target=server.serve_forever).start()
    address = f"http://127.0.0.1:{server.server_port}"
    with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        yield store, client
    server.shutdown()
    server.server_close()


def test_an_empty_page_says_what_will_be_there(mail):
    _, client = mail
    assert "No message yet" in client.get("/").text


def test_links_of_a_message_lead_on_and_its_markup_stays_text(mail):
    store, client = mail
    store.add(MESSAGE)
    assert 'href="/1"' in client.get("/").text
    page = client.get("/1").text
    assert '<a href="http://127.0.0.1:8000/orders/secret?a=1&amp;b=2">' in page
    assert "<script>" not in page
    assert "<b>" not in page
    assert client.get("/2").status_code == 404


@pytest.mark.parametrize(
    ("typed", "fault"), [("  ", "An e-mail address is needed."), ("ada", "{value} is not an")]
)
def test_an_address_says_whether_it_is_missing_or_wrong(typed, fault):
    with pytest.raises(InvalidInputError) as caught:
        check_email(typed)
    assert caught.value.field == "email"
    assert caught.value.message.startswith(fault)
