"""Tasks in words, in the reader's language."""

from __future__ import annotations

from arengo_core.i18n import format_number, gettext
from arengo_core.plugins.registry import Registry
from arengo_core.tasks.models import Task
from arengo_core.tasks.service import kind_of


def facts_of(registry: Registry, task: Task) -> dict[str, str]:
    """What fills the placeholders of a task's title and messages."""
    kind = kind_of(registry, task)
    own = {
        name: format_number(value) if isinstance(value, int) else str(value)
        for name, value in task.facts.items()
    }
    return {**own, **(kind.facts(task.payload) if kind is not None and kind.facts else {})}


def title_of(registry: Registry, task: Task) -> str:
    """What is done: the kind's title, its key where its plugin is not here."""
    kind = kind_of(registry, task)
    return gettext(kind.title, **facts_of(registry, task)) if kind is not None else task.kind


def message_of(registry: Registry, task: Task) -> str:
    """What is done now, what came of it, or why it failed."""
    return gettext(task.message, **facts_of(registry, task)) if task.message else ""
