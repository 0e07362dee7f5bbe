"""The demo's server process."""

from __future__ import annotations

from arengo_core.cli.serve import run_server
from arengo_core.settings import load_settings

if __name__ == "__main__":
    run_server(load_settings())
