"""The stand-in for Stripe as the demo runs it: it keeps what it knows with the demo's data."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from arengo_core.settings import load_settings
from arengo_payments.demo.loading import SECRET_KEY, WEBHOOK_SECRET, standin_file
from arengo_payments.standin import state as snapshots
from arengo_payments.standin.server import HOST, bind, make_server
from arengo_payments.standin.service import Config


def config_of(data_dir: Path, port: int, base_url: str) -> Config:
    """The stand-in of a demo's data, on a port, sending webhooks to the site at an address."""
    file = standin_file(data_dir)
    return Config(
        origin=f"http://{HOST}:{port}",
        secret_key=SECRET_KEY,
        webhook_secret=WEBHOOK_SECRET,
        webhook_url=f"{base_url}{snapshots.webhook_path(file)}",
        state_file=file,
    )


def main(port: str, base_url: str) -> None:
    """Serve until ended."""
    listener = bind(int(port))
    config = config_of(load_settings().data_dir, int(port), base_url)
    asyncio.run(make_server(config).serve(sockets=[listener]))


if __name__ == "__main__":
    main(*sys.argv[1:])
