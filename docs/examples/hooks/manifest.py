"""The plugin *example*, as the office names it."""

from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manifest import Manifest


@hookimpl
def arengo_manifest() -> Manifest:
    return Manifest(
        key="example",  # the name of the entry point
        title="Example",
        description="One of each thing that a plugin may bring.",
        version="1.2.0",
        arengo=">=0.1,<1",
        requires={"marketplace": ">=0.1"},  # without it this plugin is set aside
        uses={"storefront": ">=0.1"},  # without it this plugin does less
        author="The maintainers of the example",
        licence="EUPL-1.2",
    )
