"""`python -m arengo_payments.standin --port 8010 --webhook-url http://127.0.0.1:8000/...`."""

from __future__ import annotations

import argparse
import asyncio
import sys

from arengo_payments.standin.server import HOST, bind, make_server
from arengo_payments.standin.service import Config


def main() -> None:
    """Serve until interrupted; the first line says where."""
    parser = argparse.ArgumentParser(
        prog="python -m arengo_payments.standin",
        description="A stand-in for Stripe, for tests and demo. It moves no money.",
    )
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--webhook-url", help="where events are sent; none when left out")
    parser.add_argument("--webhook-secret", default="whsec_standin")
    parser.add_argument("--secret-key", default="sk_test_standin")
    parser.add_argument("--origin", help="how browsers reach it, if not by the port itself")
    options = parser.parse_args()
    listener = bind(options.port)
    origin = options.origin or f"http://{HOST}:{listener.getsockname()[1]}"
    config = Config(
        origin=origin.rstrip("/"),
        secret_key=options.secret_key,
        webhook_secret=options.webhook_secret,
        webhook_url=options.webhook_url,
    )
    sys.stdout.write(f"Stripe stand-in on {config.origin}\n")
    sys.stdout.flush()
    asyncio.run(make_server(config).serve(sockets=[listener]))


if __name__ == "__main__":
    main()
