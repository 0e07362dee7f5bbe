"""A mail sink for demo and tests: an SMTP server whose messages are readable on a page."""

from __future__ import annotations

import argparse
import html
import re
import signal
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
from aiosmtpd.controller import Controller

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body {{ margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: #1c2024; background: #f5f6f7; }}
main {{ max-width: 46rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }}
a {{ color: #0b5394; }} h1 {{ font-size: 1.5rem; }} ul {{ list-style: none; padding: 0; }}
li, pre {{ display: block; margin: 0 0 .5rem; padding: .75rem 1rem; background: #fff;
border: 1px solid #d5d9dd; border-radius: 6px; }}
li span {{ display: block; color: #565d64; font-size: .9rem; }}
pre {{ font: inherit; white-space: pre-wrap; }}
</style></head>
<body><main><h1>{title}</h1>{body}</main></body></html>"""


_NONE = "<li>No message yet: they arrive here when somebody orders, or asks for a link.</li>"
_ADDRESS = re.compile(r"https?://[^\s<]+")


class Store:
    """Messages in the order of arrival, as files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()

    def add(self, content: bytes) -> None:
        """Keep a message."""
        with self._lock:
            number = len(list(self.folder.glob("*.eml"))) + 1
            (self.folder / f"{number:06d}.eml").write_bytes(content)

    def all(self) -> list[EmailMessage]:
        """Every message, oldest first."""
        return [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in sorted(self.folder.glob("*.eml"))
        ]


def _text(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


def as_dict(number: int, message: EmailMessage) -> dict[str, Any]:
    """A message for programs."""
    return {
        "number": number,
        "to": str(message["To"]),
        "subject": str(message["Subject"]),
        "text": _text(message, "plain"),
        "html": _text(message, "html"),
        "unsubscribe": str(message["List-Unsubscribe"] or ""),
    }


class _Handler:
    def __init__(self, store: Store) -> None:
        self.store = store

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.store.add(envelope.content)
        return "250 kept"


def _list(store: Store) -> str:
    rows = "".join(
        f'<li><a href="/{number}">{html.escape(str(message["Subject"]))}</a>'
        f"<span>{html.escape(str(message['To']))}</span></li>"
        for number, message in reversed(list(enumerate(store.all(), 1)))
    )
    return _PAGE.format(title="Mail of the demo", body=f"<ul>{rows or _NONE}</ul>")


def _with_links(text: str) -> str:
    return _ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', html.escape(text))


def _one(store: Store, number: int) -> str | None:
    messages = store.all()
    if not 1 <= number <= len(messages):
        return None
    message = messages[number - 1]
    body = (
        f'<p><a href="/">All messages</a></p><p>To {html.escape(str(message["To"]))}</p>'
        f"<pre>{_with_links(_text(message, 'plain'))}</pre>"
    )
    if _text(message, "html"):
        body += f'<p><a href="/{number}/html">As HTML</a></p>'
    return _PAGE.format(title=html.escape(str(message["Subject"])), body=body)


def pages(store: Store) -> type[BaseHTTPRequestHandler]:
    """The pages over a store."""

    class Reader(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = [part for part in self.path.split("?")[0].split("/") if part]
            kind, body = "text/html; charset=utf-8", self._body(parts)
            if parts == ["messages.json"]:
                rows = [as_dict(n, m) for n, m in enumerate(store.all(), 1)]
                kind, body = "application/json", msgspec.json.encode(rows).decode()
            content = (body or "Not found").encode()
            self.send_response(200 if body else 404)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _body(self, parts: list[str]) -> str | None:
            if not parts:
                return _list(store)
            if not parts[0].isdigit():
                return None
            number = int(parts[0])
            if parts[1:] == ["html"]:
                messages = store.all()
                return _text(messages[number - 1], "html") if 0 < number <= len(messages) else None
            return _one(store, number)

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    return Reader


def main() -> None:
    """Run until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    store = Store(options.folder)
    controller = Controller(_Handler(store), hostname="127.0.0.1", port=options.smtp_port)
    controller.start()  # pyright: ignore[reportUnknownMemberType]
    server = ThreadingHTTPServer(("127.0.0.1", options.port), pages(store))
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    try:
        server.serve_forever()
    finally:
        controller.stop()  # pyright: ignore[reportUnknownMemberType]


if __name__ == "__main__":
    main()
