"""The demo's server process."""

from __future__ import annotations

from arengo_core.cli.serve import in_common, run_server
from arengo_core.settings import load_settings

if __name__ == "__main__":
    with in_common():
        run_server(load_settings())
