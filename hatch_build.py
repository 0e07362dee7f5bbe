"""Build hook: copies the browser assets out of the wheels named in ``[build-system] requires``.

They land in ``themes/arengo_themes/vendor`` (not in version control) with their licence texts, for
editable installs and wheels alike. Nothing of the wheels is imported or run.
"""

import re
import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = Path("themes/arengo_themes/vendor")

BOOTSTRAP = "bootstrap_italia_template/static"
HTMX = "django_htmx/static/django_htmx"
# An icon font of the video player, inlined: not used, and refused by our content policy.
VIDEO_FONT = re.compile(r"@font-face\{font-family:VideoJS;[^}]*\}")
GRAPHIQL = "graphene_django_graphiql_static/static/graphene_django_graphiql_static"


@dataclass(frozen=True)
class Source:
    """One wheel: what is copied from it, and what its licences ask to be said."""

    distribution: str
    version: str
    licence: str
    files: tuple[tuple[str, str], ...]
    notice: str


def _fonts() -> tuple[tuple[str, str], ...]:
    faces = {
        "Titillium_Web/titillium-web-v10": ("300", "300italic", "regular", "italic", "600", "700"),
        "Lora/lora-v20": ("regular", "italic", "700"),
        "Roboto_Mono/roboto-mono-v13": ("regular", "700"),
    }
    files = [
        (f"{BOOTSTRAP}/fonts/{stem}-latin-ext_latin-{face}.woff2", f"fonts/{stem}-{face}.woff2")
        for stem, weights in faces.items()
        for face in weights
    ]
    licences = ("Titillium_Web/OFL.txt", "Lora/OFL.txt", "Roboto_Mono/LICENSE.txt")
    files += [(f"{BOOTSTRAP}/fonts/{name}", f"fonts/{name}") for name in licences]
    return tuple(files)


SOURCES = (
    Source(
        "design-django-theme",
        "2.18.1",
        "bootstrap-italia/LICENSE",
        (
            (f"{BOOTSTRAP}/css/bootstrap-italia.min.css", "bootstrap-italia/bootstrap-italia.css"),
            (f"{BOOTSTRAP}/svg/sprites.svg", "bootstrap-italia/sprites.svg"),
            *_fonts(),
        ),
        "Bootstrap Italia 2.18.0, copyright (c) 2022 the respective contributors, BSD-3-Clause, on"
        " the conditions of `bootstrap-italia/LICENSE`; it builds on Bootstrap 5.2.3, copyright"
        " (c) 2011-2022 The Bootstrap Authors, MIT. Fonts: Titillium Web and Lora, SIL Open Font"
        " License 1.1; Roboto Mono, Apache License 2.0; their texts are beside them.",
    ),
    Source(
        "django-htmx",
        "1.29.0",
        "htmx/LICENSE",
        ((f"{HTMX}/htmx-2.min.js", "htmx/htmx.js"),),
        "htmx 2.0.10, Big Sky Software, 0BSD; carried by django-htmx, copyright (c) 2020 Adam"
        " Johnson, MIT (`htmx/LICENSE`).",
    ),
    Source(
        "graphene-django-graphiql-static",
        "0.8",
        "graphiql/LICENSE",
        tuple(
            (f"{GRAPHIQL}/{name}", f"graphiql/{name}")
            for name in (
                "graphiql.min.css",
                "graphiql.min.js",
                "graphql-ws.min.js",
                "react.production.min.js",
                "react-dom.production.min.js",
            )
        ),
        "GraphiQL, copyright (c) GraphQL Contributors, MIT; React 17.0.2, copyright (c) Facebook,"
        " Inc. and its affiliates, MIT; graphql-ws, copyright (c) Denis Badurina, MIT; carried by"
        " graphene-django-graphiql-static, copyright (c) 2024 Prashant Patel, BSD-3-Clause"
        " (`graphiql/LICENSE`). The MIT conditions are those of `htmx/LICENSE`.",
    ),
)


def copy_assets(target: Path) -> None:
    """Fill ``target`` anew from the wheels installed beside this build."""
    fresh = target.with_name(f"{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for source in SOURCES:
        try:
            wheel = distribution(source.distribution)
        except PackageNotFoundError:
            raise SystemExit(
                f"{source.distribution}=={source.version} is not in the build environment: build"
                " with isolation, or install what [build-system] requires names"
            ) from None
        if wheel.version != source.version:
            raise SystemExit(
                f"{source.distribution} {wheel.version} is installed, {source.version} is needed:"
                " bring pyproject.toml and hatch_build.py to the same version"
            )
        root = Path(str(wheel.locate_file("")))
        licence = next(f for f in wheel.files or () if f.name == "LICENSE")
        copies = [(root / origin, name) for origin, name in source.files]
        for origin, name in [*copies, (Path(str(licence.locate())), source.licence)]:
            destination = fresh / name
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(origin, destination)
    notices = "\n\n".join(source.notice for source in SOURCES)
    stylesheet = fresh / "bootstrap-italia/bootstrap-italia.css"
    text = VIDEO_FONT.sub("", stylesheet.read_text(encoding="utf-8-sig"))
    stylesheet.write_text(text, encoding="utf-8")
    (fresh / "NOTICE.md").write_text(f"# Works of others served by Arengo\n\n{notices}\n")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


class AssetsHook(BuildHookInterface):
    """Runs :func:`copy_assets` before each wheel, editable or not."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name == "wheel":
            copy_assets(Path(self.root) / VENDOR)
