"""All that the host knows of this plugin."""

from __future__ import annotations

from pathlib import Path

from arengo_communications.contract import Channel
from arengo_core.files.contract import FileStore
from arengo_core.identity.contract import IdentityProvider
from arengo_core.plugins.contributions import Provider, Resources
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manifest import Manifest
from arengo_delivery.contract import Carrier
from arengo_payments.contract import PaymentGateway
from arengo_recipes import __version__
from arengo_recipes.carrier import make_post
from arengo_recipes.channel import make_sms
from arengo_recipes.file_store import make_shelf
from arengo_recipes.gateway import make_bank
from arengo_recipes.key import CappedPopulation
from arengo_recipes.register import make_register
from arengo_recipes.search import make_dialect
from arengo_storefront.contract import SearchProvider

_HERE = Path(__file__).parent


@hookimpl
def arengo_manifest() -> Manifest:
    return Manifest(
        key="recipes",
        title="Recipes",
        description="Of each contract one implementation, to copy from.",
        version=__version__,
        licence="EUPL-1.2",
        requires={
            "communications": ">=0.1",
            "delivery": ">=0.1",
            "marketplace": ">=0.1",
            "payments": ">=0.1",
            "storefront": ">=0.1",
        },
    )


@hookimpl
def arengo_providers() -> list[Provider]:
    return [
        Provider(PaymentGateway, "valley-bank", "Valley bank", make_bank),
        Provider(Carrier, "mountain-post", "Mountain post", make_post),
        Provider(Channel, "sms", "Text message", make_sms),
        Provider(IdentityProvider, "valley-register", "Register of the valley", make_register),
        Provider(FileStore, "shelf", "Web shelf", make_shelf),
        Provider(SearchProvider, "dialect", "Search in dialect", make_dialect),
    ]


@hookimpl
def arengo_allocation_keys() -> list[CappedPopulation]:
    return [CappedPopulation()]


@hookimpl
def arengo_resources() -> Resources:
    return Resources(locale=_HERE / "locale", themes=(_HERE / "themes",))
