"""Pages of tasks: work under way, one with its progress, the stream of its changes, its result."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream

from arengo_core.caller import Caller
from arengo_core.files import service as files
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.tasks import service
from arengo_core.tasks.definition import TaskState
from arengo_core.tasks.models import Task
from arengo_core.tasks.watching import rung
from arengo_core.tasks.wording import message_of, title_of
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import read_form
from arengo_core.web.middleware import UNCOMPRESSED
from arengo_core.web.pages import face_of, page

_LIST = "/office/tasks"
_ONE = f"{_LIST}/{{task_id:uuid}}"
PATIENCE = 1.0
"""Seconds for which whoever began slow work waits before its progress is shown."""
HEARTBEAT = 5.0
_STREAM_SECONDS = 45.0


@get(_LIST, name="tasks")
async def tasks_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Slow work under way, and what ended within a week."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await page(
            request,
            uow,
            "core/tasks.html",
            face=face_of(caller),
            tasks=await service.latest(uow, host),
            title_of=lambda task: title_of(host.registry, task),
            message_of=lambda task: message_of(host.registry, task),
        )


@get(_ONE, name="task")
async def task_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, task_id: FromPath[UUID]
) -> Response[str]:
    """How far it is, and what came of it."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        task = await service.find(uow, host, task_id)
        return await page(
            request,
            uow,
            "core/task.html",
            face=face_of(caller),
            task=task,
            title=title_of(host.registry, task),
            message=message_of(host.registry, task),
            is_over=TaskState(task.state).is_over,
        )


async def _look(host: Host, caller: Caller, task_id: UUID) -> Task:
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await service.find(uow, host, task_id)


def _event(host: Host, task: Task) -> bytes:
    told = {
        "state": task.state,
        "done": task.done,
        "total": task.total,
        "message": message_of(host.registry, task),
        "page": bool(task.result),
    }
    name = "end" if TaskState(task.state).is_over else "progress"
    return b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(told) + b"\n\n"


async def _events(host: Host, caller: Caller, task_id: UUID) -> AsyncGenerator[bytes]:
    """What a task tells until it ends. Silent for a while, it sends a comment; after three quarters
    of a minute it ends, and the browser asks again, signed in or not.
    """
    life = min(_STREAM_SECONDS, host.settings.page_time_limit * 0.75)
    until, last = time.monotonic() + life, b""
    async with host.task_watch.watching(task_id) as bell:
        while (left := until - time.monotonic()) > 0:
            event = _event(host, await _look(host, caller, task_id))
            yield event if event != last else b": still here\n\n"
            if event.startswith(b"event: end"):
                return
            last = event
            if not await rung(bell, min(HEARTBEAT, left)):
                await host.task_watch.listen()


@get(f"{_ONE}/events", name="task-events", opt={UNCOMPRESSED: True})
async def task_events(host: FromHost, caller: FromCaller, task_id: FromPath[UUID]) -> Stream:
    """Server-sent events ``progress`` and ``end``."""
    caller.require_signed_in()
    await _look(host, caller, task_id)
    return Stream(
        _events(host, caller, task_id),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


@get(f"{_ONE}/result", name="task-result")
async def task_result(
    request: ArengoRequest, host: FromHost, caller: FromCaller, task_id: FromPath[UUID]
) -> Response[Any] | Redirect | Stream:
    """What came of it: its file, or the way to its page."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        task = await service.find(uow, host, task_id)
        kept = await files.find(uow, task.file_id) if task.file_id else None
    if kept is not None:
        return Stream(
            await host.files.pieces(kept.id),
            media_type=kept.content_type,
            headers={
                "content-disposition": f'attachment; filename="{task.file_name}"',
                "content-length": str(kept.size),
                "cache-control": "no-store",
            },
        )
    return _onward(request, host, task)


def _onward(request: ArengoRequest, host: Host, task: Task) -> Redirect:
    if task.state == TaskState.DONE and task.result:
        return redirect(request, task.result, Flash("success", message_of(host.registry, task)))
    return redirect(request, service.page_of(task.id))


async def follow(request: ArengoRequest, host: Host, caller: Caller, task_id: UUID) -> Redirect:
    """Where to go after slow work was begun: to its result where it ends within a second, else to
    the page of its progress.
    """
    until = time.monotonic() + PATIENCE
    async with host.task_watch.watching(task_id) as bell:
        task = await _look(host, caller, task_id)
        while not TaskState(task.state).is_over and (left := until - time.monotonic()) > 0:
            await rung(bell, left)
            task = await _look(host, caller, task_id)
    if task.file_id is not None:
        return redirect(request, f"{service.page_of(task_id)}/result")
    return _onward(request, host, task)


@post(f"{_ONE}/cancel", name="task-cancel", opt={"mutation": "cancelTask"}, status_code=303)
async def cancel_task(
    request: ArengoRequest, host: FromHost, caller: FromCaller, task_id: FromPath[UUID]
) -> Redirect:
    """End it before its time."""
    caller.require_signed_in()
    await read_form(request)
    async with host.unit_of_work(caller) as uow:
        await service.cancel(uow, host, task_id)
    return redirect(
        request, service.page_of(task_id), Flash("success", gettext("The work is cancelled."))
    )


ROUTES: list[Any] = [tasks_page, task_page, task_events, task_result, cancel_task]
