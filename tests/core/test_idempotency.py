"""Idempotency keys: the same request again gets the first answer, also at the same time."""

from __future__ import annotations

import asyncio

import pytest

from arengo_core import idempotency
from arengo_core.caller import Caller
from arengo_core.errors import InvalidInputError
from arengo_core.ids import new_id


async def _do(host, key, *, caller=None, operation="buy", made=None, began=None, hold=None):
    """An operation that makes a thing once for a key; its id."""
    async with host.unit_of_work(caller or Caller.program()) as uow:
        known = await idempotency.first_answer(uow, operation, key)
        if known is not None:
            return known
        thing = new_id()
        if made is not None:
            made.append(thing)
        if hold is not None:
            began.set()
            await hold.wait()
        await idempotency.remember(uow, operation, key, thing)
        return thing


async def test_a_replay_gets_the_first_answer(host):
    key, made = new_id().hex, []
    assert await _do(host, key, made=made) == await _do(host, key, made=made)
    assert len(made) == 1


async def test_concurrent_requests_with_one_key_do_it_once(host):
    key, made, began, hold = new_id().hex, [], asyncio.Event(), asyncio.Event()
    tasks = [
        asyncio.create_task(_do(host, key, made=made, began=began, hold=hold)) for _ in range(5)
    ]
    await began.wait()
    hold.set()
    answers = await asyncio.gather(*tasks)
    assert len(made) == 1
    assert set(answers) == {made[0]}


async def test_a_request_that_failed_does_not_use_its_key_up(host):
    key = new_id().hex

    async def fail():
        async with host.unit_of_work() as uow:
            assert await idempotency.first_answer(uow, "buy", key) is None
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    made = []
    await _do(host, key, made=made)
    assert len(made) == 1


async def test_another_operation_or_another_person_with_the_same_key_is_another_request(host):
    key = new_id().hex
    first = await _do(host, key)
    assert await _do(host, key, operation="refund") != first
    assert await _do(host, key, caller=Caller(user_id=new_id())) != first


async def test_without_a_key_each_request_is_new(host):
    made = []
    await _do(host, None, made=made)
    await _do(host, None, made=made)
    assert len(made) == 2


@pytest.mark.parametrize("key", ["", "short", "x" * 201])
async def test_a_key_of_the_wrong_length_is_named(host, key):
    with pytest.raises(InvalidInputError) as caught:
        await _do(host, key)
    assert caught.value.field == "idempotency_key"
