"""Slow work: its progress, leaving and finding it, cancelling, crashes, who may see it."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import async_playwright
from sqlalchemy import select, update

from arengo_core import clock
from arengo_core.audit.models import AuditEntry
from arengo_core.caller import Caller, Role
from arengo_core.errors import ConflictError, InvalidInputError, UnavailableError
from arengo_core.files.models import StoredFile
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.ids import new_id
from arengo_core.jobs.worker import drain
from arengo_core.plugins.manager import load_plugins
from arengo_core.privacy import service as privacy
from arengo_core.tasks import pages, service
from arengo_core.tasks.definition import TaskKind, TaskState
from arengo_core.tasks.models import Task
from arengo_core.tasks.run import run_task
from arengo_core.testing.browser import ARGUMENTS
from arengo_core.testing.serving import serving
from tests.core.places import place, plugin_module

STEPS = 4
_FLEETING = re.compile(r"\b[0-9a-f]{16,32}\b|name=\"_csrf_token\" value=\"[^\"]*\"")


class Hurdles:
    """What the work below meets, set by each test."""

    def __init__(self):
        self.runs = Counter()
        self.amid, self.go_on = asyncio.Event(), asyncio.Event()
        self.go_on.set()
        self.fault = None


hurdles = Hurdles()


async def _weigh(run):
    """Parcels are weighed in one transaction, told one by one."""
    hurdles.runs[run.payload["number"]] += 1
    async with run.transaction() as uow:
        for step in range(STEPS):
            uow.audit(run.organization_id, "job.replayed", "Parcel", number=step)
            await run.tell(N_("Not found"), step, STEPS)
            await asyncio.sleep(0.002)
        await uow.flush()
        hurdles.amid.set()
        await hurdles.go_on.wait()
        if hurdles.fault is not None:
            fault, hurdles.fault = hurdles.fault, None
            raise fault
        await run.tell(N_("Log"), STEPS, STEPS)
        run.finish("/office", N_("{count} lines are entered."), count=STEPS * 1000)


async def _part_by_part(run):
    """Parts are committed one by one; another run goes on after the last one."""
    for part in range(run.kept.get("next", 0), 3):
        async with run.transaction() as uow:
            uow.audit(run.organization_id, "job.replayed", "Part", number=part)
            run.kept["next"] = part + 1
        if part == 1 and hurdles.fault is not None:
            fault, hurdles.fault = hurdles.fault, None
            raise fault


async def _bring(run):
    await run.finish_with_file(b"a,b\n", "parcels.csv", "text/csv", N_("Log"))


WEIGH = TaskKind("parcels.weigh", N_("Log"), _weigh)
PARTS = TaskKind("parcels.parts", N_("People"), _part_by_part)
BRING = TaskKind("parcels.bring", N_("Permissions"), _bring)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def host(settings, database):
    plugin = plugin_module("parcels", tasks=[WEIGH, PARTS, BRING])
    made = Host.create(settings, load_plugins(extra=[("parcels", plugin)]), database.app)
    yield made
    await made.close()


@pytest.fixture
async def town(host, make_user, caller_for):
    """A town and its officer, whose parcels are to be weighed."""
    hurdles.__init__()
    made = await place(host)
    made.officer = await make_user((made.id, Role.MUNICIPAL_OFFICER))
    made.caller = await caller_for(made.officer)
    return made


async def _begin(host, town, kind=WEIGH, **more):
    payload = {"number": new_id().hex}
    async with host.unit_of_work(town.caller) as uow:
        return await service.begin(uow, kind, organization_id=town.id, payload=payload, **more)


async def _now(host, town, task):
    async with host.unit_of_work(town.caller, read_only=True) as uow:
        return await service.find(uow, host, task.id)


async def _acts(host, town):
    async with host.unit_of_work(Caller.program([town.id])) as uow:
        rows = await uow.session.scalars(
            select(AuditEntry.details["number"].as_integer()).where(
                AuditEntry.organization_id == town.id,
                AuditEntry.object_type.in_(["Parcel", "Part"]),
            )
        )
        return sorted(rows)


def _events(text):
    for block in text.split("\n\n"):
        if block.startswith("event: "):
            name, data = block.split("\n", 1)
            yield name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


async def test_progress_is_streamed_in_order_until_the_end(host, app, town, visit, monkeypatch):
    monkeypatch.setattr(pages, "HEARTBEAT", 0.05)
    hurdles.go_on.clear()
    task = await _begin(host, town)
    token = (await visit(town.officer)).token
    async with serving(app) as address, httpx.AsyncClient(trust_env=False, timeout=60) as http:
        path = f"{address}/office/tasks/{task.id}/events"
        cookies = {"arengo_session": token, "arengo_locale": "en"}
        http.cookies.update(cookies)
        async with http.stream("GET", path, headers={"accept-encoding": "gzip"}) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert "content-encoding" not in answer.headers
            text, listened, working = "", False, None
            async for piece in answer.aiter_text():
                text += piece
                listened = listened or host.task_watch.is_listening
                if working is None and '"queued"' in text:
                    others = await http.get(f"{address}/office/tasks")
                    assert others.status_code == 200, "the server serves while a stream is open"
                    working = asyncio.create_task(drain(host))
                told = any(
                    said["state"] == "running" for _, said in _events(text.rpartition("\n\n")[0])
                )
                if told and ": still here" in text:
                    hurdles.go_on.set()
            await working
        events = list(_events(text))
        again = await http.get(path)
    names = [name for name, _ in events]
    assert names[-1] == "end"
    assert set(names[:-1]) == {"progress"}, "it ends once, and the stream with it"
    states = list(dict.fromkeys(told["state"] for _, told in events))
    assert states == ["queued", "running", "done"]
    done = [told["done"] for _, told in events]
    assert done == sorted(done)
    assert len(set(done)) >= 2
    assert events[-1][1]["message"] == "4,000 lines are entered."
    assert text.count(": still here") >= 1
    assert [name for name, _ in _events(again.text)] == ["end"], "come back later, it says so"
    assert listened
    assert not host.task_watch.is_listening, "nobody watches, nothing listens"
    assert await _acts(host, town) == list(range(STEPS))


@pytest.mark.browser
async def test_a_browser_follows_it_to_its_result(host, app, town, visit, chromium_path):
    """While it runs: no finding of axe, nothing over the edge, on a phone and on a desk."""
    hurdles.go_on.clear()
    task, faults = await _begin(host, town), []
    token = (await visit(town.officer)).token
    async with serving(app) as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path, args=list(ARGUMENTS)
        )
        context = await browser.new_context(locale="en-GB", base_url=address)
        await context.add_cookies([{"name": "arengo_session", "value": token, "url": address}])
        page = await context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(f"/office/tasks/{task.id}", wait_until="domcontentloaded")
        words = page.locator("[data-task-message]")
        assert await words.inner_text() == "It waits for its turn."
        assert await page.locator(".ar-no-js").is_hidden()
        working = asyncio.create_task(drain(host))
        await page.locator("progress[max='4']").wait_for()
        assert await words.inner_text() == "Not found"
        for width in (1280, 360):
            await page.set_viewport_size({"width": width, "height": 800})
            over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0
            found = await Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]})
            faults += [violation["id"] for violation in found.response["violations"]]
        hurdles.go_on.set()
        await page.wait_for_url("**/office")
        await working
        await browser.close()
    assert faults == []


async def test_it_can_be_left_and_found_again_without_javascript(host, town, visit, make_user):
    task = await _begin(host, town, back="/office/costs")
    visitor = await visit(town.officer)
    path = f"/office/tasks/{task.id}"
    waiting = await visitor.get(path)
    assert "<progress" in waiting.text
    assert f'href="{path}"' in waiting.text, "a link to look again"
    assert f'action="{path}/cancel"' in waiting.text
    assert f'href="{path}"' in (await visitor.get("/office/tasks")).text
    await drain(host)
    over = await visitor.get(path)
    assert "<progress" not in over.text
    assert "4.000 righe sono inserite." in over.text or "4.000" in over.text
    assert 'href="/office/costs"' in over.text
    result = await visitor.get(f"{path}/result")
    assert (result.status_code, result.headers["location"]) == (303, "/office")
    query = "query($id: ID!) { task(id: $id) { state result total done title } tasks { id } }"
    (known,) = (await visitor.graphql("{ tasks { id } }"))["data"]["tasks"]
    told = (await visitor.graphql(query, id=known["id"]))["data"]
    assert told["task"] == {
        "state": "done",
        "result": "/office",
        "total": STEPS,
        "done": STEPS,
        "title": "Registro",
    }


async def test_whoever_began_it_is_led_to_the_result_where_it_ends_soon(
    host, town, visit, app, monkeypatch
):
    """``follow``, as pages that begin slow work use it."""
    monkeypatch.setattr(pages, "PATIENCE", 60)
    task = await _begin(host, town)
    request = type("Request", (), {"app": app, "cookies": {}})()
    going, _ = await asyncio.gather(pages.follow(request, host, town.caller, task.id), drain(host))
    assert going.url == "/office"
    monkeypatch.setattr(pages, "PATIENCE", 0.2)
    hurdles.go_on.clear()
    slow = await _begin(host, town)
    working = asyncio.create_task(drain(host))
    assert (await pages.follow(request, host, town.caller, slow.id)).url.endswith(str(slow.id))
    hurdles.go_on.set()
    await working


async def test_cancelled_before_it_begins_it_never_does(host, town, visit):
    task = await _begin(host, town)
    visitor = await visit(town.officer)
    assert (await visitor.post(f"/office/tasks/{task.id}/cancel")).status_code == 303
    await drain(host)
    assert (await _now(host, town, task)).state == TaskState.CANCELLED
    assert hurdles.runs.total() == 0
    assert await _acts(host, town) == []
    assert (await visitor.post(f"/office/tasks/{task.id}/cancel")).status_code == 409


@pytest.mark.parametrize("told_after", [True, False])
async def test_cancelled_amid_its_work_it_leaves_no_trace(host, town, told_after):
    hurdles.go_on.clear()
    task = await _begin(host, town)
    working = asyncio.create_task(drain(host))
    await hurdles.amid.wait()
    async with host.unit_of_work(town.caller) as uow:
        await service.cancel(uow, host, task.id)
    if not told_after:
        hurdles.fault = InvalidInputError("Log")  # it fails before it hears of it
    hurdles.go_on.set()
    await working
    now = await _now(host, town, task)
    assert (now.state, now.result) == (TaskState.CANCELLED, "")
    assert hurdles.runs.total() == 1
    assert await _acts(host, town) == []


async def test_a_run_that_is_overtaken_commits_nothing(host, town):
    """The queue gives a job to another worker when the first one seems dead, and is not."""
    hurdles.go_on.clear()
    task = await _begin(host, town)
    payload = {"task": str(task.id), "organization": str(town.id)}
    first = asyncio.create_task(run_task("parcels", WEIGH, host, payload))
    await hurdles.amid.wait()
    hurdles.amid.clear()
    firsts_turn, hurdles.go_on = hurdles.go_on, asyncio.Event()
    second = asyncio.create_task(run_task("parcels", WEIGH, host, payload))
    await hurdles.amid.wait()
    firsts_turn.set()
    await first
    assert await _acts(host, town) == [], "though it comes to its end before the other"
    hurdles.go_on.set()
    await second
    assert hurdles.runs.total() == 2
    assert await _acts(host, town) == list(range(STEPS)), "once"
    await run_task("parcels", WEIGH, host, payload)
    assert hurdles.runs.total() == 2, "what is over is not begun again"
    assert (await _now(host, town, task)).attempt == 2


async def test_a_refusal_a_fault_and_what_is_away_end_as_they_should(host, town, visit):
    visitor = await visit(town.officer)
    refused = await _begin(host, town)
    hurdles.fault = InvalidInputError("At most {limit} characters are possible.", limit=1500)
    await drain(host)
    now = await _now(host, town, refused)
    assert (now.state, now.ended_at is not None) == ("failed", True)
    page = await visitor.get(f"/office/tasks/{refused.id}")
    assert "1.500" in page.text, "in the reader's own figures"

    broken = await _begin(host, town)
    hurdles.fault = ZeroDivisionError()
    await drain(host)
    assert (await _now(host, town, broken)).state == "failed"
    assert await _acts(host, town) == []

    away = await _begin(host, town, PARTS)
    hurdles.fault = UnavailableError("Log")
    payload = {"task": str(away.id), "organization": str(town.id)}
    with pytest.raises(UnavailableError):
        await run_task("parcels", PARTS, host, payload)
    assert (await _now(host, town, away)).state == "queued"
    assert await _acts(host, town) == [0, 1]
    await run_task("parcels", PARTS, host, payload)
    assert (await _now(host, town, away)).state == "done"
    assert await _acts(host, town) == [0, 1, 2], "it goes on where it was, and does nothing twice"

    deadly = await _begin(host, town)
    async with host.unit_of_work(town.caller) as uow:
        await uow.session.execute(
            update(Task).where(Task.id == deadly.id).values(attempt=5, state="running")
        )
    await drain(host)
    assert (await _now(host, town, deadly)).state == "failed", "what kills its workers is given up"


async def test_another_member_meets_what_does_not_exist(host, town, visit, make_user, caller_for):
    task = await _begin(host, town)
    elsewhere = await place(host, "Chiesa")
    stranger = await visit(await make_user((elsewhere.id, Role.MUNICIPAL_OFFICER)))
    colleague = await visit(await make_user((town.id, Role.CLERK)))
    await stranger.get("/sign-in")
    for other in (stranger, colleague):
        for path in ("", "/events", "/result"):
            answers = [
                await other.get(f"/office/tasks/{task_id}{path}") for task_id in (task.id, new_id())
            ]
            assert [answer.status_code for answer in answers] == [404, 404]
            theirs, nobodys = (_FLEETING.sub("", answer.text) for answer in answers)
            assert theirs.replace(str(task.id), "") == re.sub(
                r"/office/tasks/[0-9a-f-]{36}", "/office/tasks/", nobodys
            ) or len(theirs) == len(nobodys)
        assert (await other.post(f"/office/tasks/{task.id}/cancel")).status_code == 404
        assert str(task.id) not in (await other.get("/office/tasks")).text
        told = await other.graphql("{ tasks { id } }")
        assert told["data"]["tasks"] == []
    assert (await _now(host, town, task)).state == TaskState.QUEUED
    with pytest.raises(ConflictError):
        async with host.unit_of_work(town.caller) as uow:
            await service.cancel(uow, host, task.id)
            await uow.flush()
            await service.cancel(uow, host, task.id)
    assert (await visit()).person is None
    anonymous = await (await visit()).get(f"/office/tasks/{task.id}/events")
    assert anonymous.status_code == 303
    await drain(host)


async def test_a_file_is_fetched_and_goes_with_its_task(host, town, visit):
    task = await _begin(host, town, BRING)
    await drain(host)
    visitor = await visit(town.officer)
    got = await visitor.get(f"/office/tasks/{task.id}/result")
    assert got.content == b"a,b\n"
    assert got.headers["content-type"].startswith("text/csv")
    assert got.headers["content-disposition"] == 'attachment; filename="parcels.csv"'
    file_id = (await _now(host, town, task)).file_id

    async def kept(file):
        async with host.unit_of_work() as uow:
            return await uow.session.get(StoredFile, file) is not None

    assert await kept(file_id)
    (clear,) = [schedule.job for schedule in service.SCHEDULES]
    await clear.handle(host, {})
    assert await kept(file_id), "not yet a week old"
    async with host.unit_of_work(town.caller) as uow:
        old = clock.now() - timedelta(days=8)
        await uow.session.execute(update(Task).where(Task.id == task.id).values(created_at=old))
    await clear.handle(host, {})
    assert not await kept(file_id)
    assert (await visitor.get(f"/office/tasks/{task.id}")).status_code == 404


async def test_erasure_takes_a_persons_tasks_and_their_files(host, town, make_user, caller_for):
    goes = await make_user((town.id, Role.MUNICIPAL_OFFICER))
    caller = await caller_for(goes)
    async with host.unit_of_work(caller) as uow:
        own = await service.begin(uow, BRING, organization_id=goes.id, payload={})
    await drain(host)
    async with host.unit_of_work(caller) as uow:
        file_id = (await service.find(uow, host, own.id)).file_id
        await privacy.erase(uow, host, email=goes.email)
    async with host.unit_of_work(Caller.program([goes.id])) as uow:
        assert await uow.session.get(StoredFile, file_id) is None
        assert await uow.session.get(Task, own.id) is None
