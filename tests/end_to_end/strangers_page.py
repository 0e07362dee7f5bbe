"""A page of the documentation that somebody follows: its commands run, its files written."""

from __future__ import annotations

import ast
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(?:\{code-block\} )?(\w+)\n(?::caption: (\S+)\n)?(.*?)^```", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Step:
    """A block of the page: commands, a file to write, or something to ask the API."""

    language: str
    file: str
    text: str


def steps_of(page: Path) -> list[Step]:
    """The blocks of a page, in order."""
    return [Step(*found) for found in _BLOCK.findall(page.read_text())]


def commands_in(step: Step) -> list[str]:
    """The commands of a console block."""
    lines = step.text.splitlines()
    assert all(line.startswith("$ ") for line in lines), f"a command is expected: {step.text}"
    return [line.removeprefix("$ ") for line in lines]


def run(command: str, folder: Path, environment: dict[str, str]) -> str:
    """Run a command as it stands; what it said. It must succeed."""
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, f"$ {command}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"
    return done.stdout


def write(step: Step, folder: Path) -> None:
    """Do to a file what the page asks for: replace what has the same name, add the rest."""
    path = folder / step.file
    if not path.is_file() or path.suffix == ".html":
        path.write_text(step.text)
    elif path.suffix == ".py":
        path.write_text(_merged(path.read_text(), step.text))
    else:
        path.write_text(f"{path.read_text()}\n{step.text}")


def _merged(source: str, block: str) -> str:
    for node in ast.parse(block).body:
        text = ast.unparse(node)
        if isinstance(node, ast.Import | ast.ImportFrom):
            last = [n for n in ast.parse(source).body if isinstance(n, ast.Import | ast.ImportFrom)]
            end = last[-1].end_lineno or 0
            source = _spliced(source, end, end, text)
            continue
        assert _name(node), f"a definition is expected: {text}"
        same = [n for n in ast.parse(source).body if _name(n) == _name(node)]
        if same:
            first = min([same[0].lineno, *(d.lineno for d in _decorators(same[0]))])
            source = _spliced(source, first - 1, same[0].end_lineno or 0, text)
        else:
            source = f"{source}\n\n{text}\n"
    return source


def _name(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return getattr(node, "name", None)


def _decorators(node: ast.stmt) -> list[ast.expr]:
    return getattr(node, "decorator_list", [])


def _spliced(source: str, first: int, last: int, text: str) -> str:
    lines = source.splitlines()
    return "\n".join([*lines[:first], text, *lines[last:]]) + "\n"
