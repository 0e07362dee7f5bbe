"""Reading the files of the register's data folder."""

import gzip
from importlib.resources import files
from typing import TypeVar

import msgspec

T = TypeVar("T")


def load(name: str, kind: type[T]) -> T:
    """Decode one compressed JSON file of the data folder as `kind`."""
    packed = files("arengo_marketplace.register").joinpath("data", name).read_bytes()
    return msgspec.json.decode(gzip.decompress(packed), type=kind)
