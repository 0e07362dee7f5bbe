"""The janitor: settles what has no known outcome by asking, and ends what is over its time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_payments.checkout.desk import QUIET, Desk
from arengo_payments.collecting import repository
from arengo_payments.marketplace import marketplace
from arengo_payments.refunds import making
from arengo_payments.refunds import repository as refunds

RESOLVE = "payments.resolve"
LASTING = timedelta(hours=1)
_AT_ONCE = 50
_log = structlog.get_logger("arengo.payments")


async def resolve(host: Host, _payload: dict[str, Any]) -> None:
    """Job, each minute: ask after payments and refunds whose answer is lost or overdue."""
    async with host.unit_of_work(read_only=True) as uow:
        consortia = await marketplace(host, uow).consortia()
    desk = Desk(host)
    for consortium in consortia:
        now = clock.now()
        caller = Caller.program([consortium.id], [consortium.id])
        async with host.unit_of_work(caller, read_only=True) as uow:
            payments = await repository.unsettled(
                uow.session, consortium.id, now, now - QUIET, _AT_ONCE
            )
            waiting = await refunds.unsettled(uow.session, consortium.id, now - QUIET, _AT_ONCE)
        for payment_id in payments:
            try:
                await desk.ask(payment_id)
            except ArengoError as error:
                _log.warning("payment_unresolved", payment_id=str(payment_id), code=error.code)
        for refund_id in waiting:
            try:
                await making.make(host, consortium.id, refund_id)
            except ArengoError as error:
                _log.warning("refund_unresolved", refund_id=str(refund_id), code=error.code)


async def nothing_lasts_unknown(host: Host) -> bool:
    """Health check: no payment has been without a known outcome for an hour."""
    before = clock.now() - LASTING
    async with host.unit_of_work(read_only=True) as uow:
        for consortium in await marketplace(host, uow).consortia():
            async with uow.widened(governs=[consortium.id]):
                if await repository.lasting_unknowns(uow.session, consortium.id, before):
                    return False
    return True
