"""What every theme provides: blocks of the layouts and macros, whose master is ``base``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from jinja2 import BaseLoader, Environment, FileSystemLoader, TemplateNotFound, nodes
from jinja2.exceptions import TemplateSyntaxError

from arengo_themes.manifest import ThemeError

BLOCKS = ("title", "head", "nav", "breadcrumb", "content", "aside", "footer")
LAYOUTS = ("layouts/base.html", "layouts/page.html")
ERROR_PAGE = "errors/error.html"

_MASTER = Path(__file__).parent / "base" / "templates"


@lru_cache(maxsize=1)
def macros() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Macros that plugin templates may call: file → macro → names of its arguments."""
    environment = _parser(FileSystemLoader(_MASTER))
    files = sorted((_MASTER / "macros").glob("*.html"))
    return {
        f"macros/{file.name}": dict(_macros(environment, f"macros/{file.name}")) for file in files
    }


def check_templates(file: Path, loader: BaseLoader) -> None:
    """Raise :class:`ThemeError`, naming ``file``, unless the templates keep the contract."""
    environment = _parser(loader)
    try:
        for layout in LAYOUTS:
            missing = set(BLOCKS) - set(_blocks(environment, layout))
            if missing:
                raise ThemeError(
                    file,
                    f"templates/{layout}",
                    f"has no block {', '.join(sorted(missing))}",
                    "Add it, or extend the parent's layout",
                )
        _parse(environment, ERROR_PAGE)
        for name, wanted in macros().items():
            _check_macros(file, name, wanted, dict(_macros(environment, name)))
    except TemplateNotFound as error:
        raise ThemeError(
            file, f"templates/{error.name}", "is missing", 'Add it, or set parent = "base"'
        ) from None
    except TemplateSyntaxError as error:
        raise ThemeError(
            file, f"templates/{error.name}, line {error.lineno}", f"{error.message}", "Correct it"
        ) from None


def _check_macros(
    file: Path,
    template: str,
    wanted: Mapping[str, tuple[str, ...]],
    found: Mapping[str, tuple[str, ...]],
) -> None:
    for macro, arguments in wanted.items():
        if macro not in found:
            fault = f"has no macro {macro}({', '.join(arguments)})"
            raise ThemeError(file, f"templates/{template}", fault, "Add it, or leave the file out")
        lacking = [argument for argument in arguments if argument not in found[macro]]
        if lacking:
            fault = f"macro {macro} takes no {', '.join(lacking)}"
            raise ThemeError(file, f"templates/{template}", fault, "Add the argument")


def _parser(loader: BaseLoader) -> Environment:
    extensions = ["jinja2.ext.i18n", "jinja2.ext.do"]
    return Environment(loader=loader, extensions=extensions, autoescape=True)


def _parse(environment: Environment, name: str) -> nodes.Template:
    assert environment.loader is not None
    source, filename, _ = environment.loader.get_source(environment, name)
    return environment.parse(source, name, filename)


def _macros(environment: Environment, name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for macro in _parse(environment, name).find_all(nodes.Macro):
        if not macro.name.startswith("_"):
            yield macro.name, tuple(argument.name for argument in macro.args)


def _blocks(environment: Environment, name: str) -> Iterator[str]:
    tree = _parse(environment, name)
    yield from (block.name for block in tree.find_all(nodes.Block))
    for parent in tree.find_all(nodes.Extends):
        if isinstance(parent.template, nodes.Const):
            target = str(parent.template.value)
            if target.startswith("@"):
                # A named theme's template, checked with that theme.
                yield from BLOCKS
            else:
                yield from _blocks(environment, target)
