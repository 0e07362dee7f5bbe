"""The themes at hand: found in folders, chained to their parents, asked for templates and files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PrefixLoader

from arengo_themes.contract import check_templates
from arengo_themes.manifest import ASSETS, ThemeError, ThemeManifest, check_contrast, read_manifest

TOKENS_FILE = "tokens.css"


@dataclass(frozen=True)
class Theme:
    """A theme with its parents, nearest first."""

    manifest: ThemeManifest
    parents: tuple[ThemeManifest, ...] = ()

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def abstract(self) -> bool:
        """Whether it only serves as a parent and cannot be chosen."""
        return self.manifest.abstract

    @property
    def chain(self) -> tuple[ThemeManifest, ...]:
        """This theme, then its parents."""
        return (self.manifest, *self.parents)

    def title(self, locale: str) -> str:
        """Title in ``it`` or ``en``; any other language reads the English one."""
        return self.manifest.title.get(locale, self.manifest.title["en"])

    @cached_property
    def tokens(self) -> Mapping[str, str]:
        """Tokens of the whole chain; the nearest theme's win."""
        return {k: v for manifest in reversed(self.chain) for k, v in manifest.tokens.items()}

    @cached_property
    def tokens_css(self) -> str:
        """The stylesheet that carries the tokens as custom properties ``--ar-*``."""
        lines = [
            f"  --ar-{key}: {value};\n"
            for key, value in sorted(self.tokens.items())
            if key not in ASSETS
        ]
        return f":root {{\n{''.join(lines)}}}\n"


class ThemeRegistry:
    """All themes of some folders.

    ``folders`` are theme folders themselves or folders of themes; a name taken twice, a parent
    that is not there, a circle of parents, unreadable colours or a template that breaks the
    contract raise :class:`ThemeError`.
    """

    def __init__(self, folders: Iterable[Path], vendor: Path) -> None:
        self._vendor = vendor
        manifests: dict[str, ThemeManifest] = {}
        for folder in folders:
            for file in _manifest_files(folder):
                manifest = read_manifest(file)
                if manifest.name in manifests:
                    raise ThemeError(
                        file,
                        "name",
                        f'"{manifest.name}" is taken by {manifests[manifest.name].file}',
                        "Rename one of the two",
                    )
                manifests[manifest.name] = manifest
        self._themes = {name: _chained(name, manifests) for name in manifests}
        for theme in self._themes.values():
            check_contrast(theme.manifest.file, theme.tokens)
            _check_assets(self, theme)
            if not theme.abstract:
                check_templates(theme.manifest.file, theme_loader(theme))

    def __contains__(self, name: str) -> bool:
        return name in self._themes

    def get(self, name: str) -> Theme:
        """The theme of that name; :class:`KeyError` if there is none."""
        return self._themes[name]

    def choosable(self) -> Sequence[Theme]:
        """Themes that a consortium, municipality or shop may choose, by name."""
        return [self._themes[name] for name in sorted(self._themes) if not self.get(name).abstract]

    def loader(self, name: str, plugins: Sequence[BaseLoader] = ()) -> BaseLoader:
        """Template look-up: the theme, its parents, then the plugins' loaders.

        ``@<theme>/<template>`` asks one theme (and its parents) by name, so that an override can
        extend what it overrides.
        """
        by_name = PrefixLoader({f"@{key}": theme_loader(t) for key, t in self._themes.items()})
        return ChoiceLoader([theme_loader(self.get(name)), *plugins, by_name])

    def static_file(self, name: str, path: str) -> Path | None:
        """The file behind ``/static/themes/<name>/<path>``, sought in the parents too."""
        if name not in self._themes:
            return None
        roots = (manifest.file.parent / "static" for manifest in self.get(name).chain)
        return next((file for root in roots if (file := _inside(root, path))), None)

    def vendor_file(self, path: str) -> Path | None:
        """The file behind ``/static/vendor/<path>``."""
        return _inside(self._vendor, path)

    def static_url(self, name: str, path: str, prefix: str = "/static") -> str:
        """URL of a static file as the theme ``name`` sees it, with a digest of its content.

        ``vendor/...`` names a vendored asset, ``tokens.css`` the generated stylesheet, anything
        else a file of the theme or its nearest parent. :class:`FileNotFoundError` if nobody has it.
        """
        key = (name, path)
        if key not in self._urls:
            self._urls[key] = self._locate(name, path)
        return prefix + self._urls[key]

    @cached_property
    def _urls(self) -> dict[tuple[str, str], str]:
        return {}

    def _locate(self, name: str, path: str) -> str:
        if path == TOKENS_FILE:
            content = self.get(name).tokens_css.encode()
            return f"/themes/{name}/{TOKENS_FILE}?v={_digest(content)}"
        if path.startswith("vendor/"):
            file = self.vendor_file(path.removeprefix("vendor/"))
            url = f"/{path}"
        else:
            file = self.static_file(name, path)
            url = f"/themes/{name}/{path}"
        if file is None:
            raise FileNotFoundError(f"theme {name} and its parents have no static file {path}")
        return f"{url}?v={_digest(file.read_bytes())}"


def theme_loader(theme: Theme) -> FileSystemLoader:
    """Loader of a theme's templates and its parents', without any plugin's."""
    return FileSystemLoader([manifest.file.parent / "templates" for manifest in theme.chain])


def _manifest_files(folder: Path) -> list[Path]:
    if (folder / "theme.toml").is_file():
        return [folder / "theme.toml"]
    found = sorted(folder.glob("*/theme.toml"))
    if not found:
        raise ThemeError(
            folder, "folder", "holds no theme", "Name a folder with a theme.toml, or one of such"
        )
    return found


def _chained(name: str, manifests: Mapping[str, ThemeManifest]) -> Theme:
    own = manifests[name]
    parents: list[ThemeManifest] = []
    current = own
    while current.parent is not None:
        if current.parent not in manifests:
            raise ThemeError(
                current.file,
                "parent",
                f'there is no theme "{current.parent}"',
                f"Known are {', '.join(sorted(manifests))}",
            )
        current = manifests[current.parent]
        if current is own or current in parents:
            circle = " → ".join([m.name for m in (own, *parents)] + [current.name])
            raise ThemeError(
                own.file, "parent", f"the parents go in a circle: {circle}", "Break it at one theme"
            )
        parents.append(current)
    return Theme(own, tuple(parents))


def _check_assets(registry: ThemeRegistry, theme: Theme) -> None:
    for key in ASSETS:
        path = theme.manifest.tokens.get(key)
        if path and registry.static_file(theme.name, path) is None:
            raise ThemeError(
                theme.manifest.file,
                f"tokens.{key}",
                f"static/{path} is not there",
                "Add the file or correct the path",
            )


def _inside(root: Path, path: str) -> Path | None:
    parts = PurePosixPath(path).parts
    if not parts or ".." in parts or PurePosixPath(path).is_absolute() or "\x00" in path:
        return None
    file = root.joinpath(*parts)
    if not file.is_file() or not file.resolve().is_relative_to(root.resolve()):
        return None
    return file


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:10]
