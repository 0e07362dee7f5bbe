"""Rules of notices: noted in the transaction that causes them, sent by a job, each once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_storefront.notices import repository
from arengo_storefront.notices.models import NoticeKind
from arengo_storefront.orders.models import MerchantOrder

SEND_JOB = "storefront.send_notice"


async def to_shopper(
    uow: UnitOfWork,
    order_id: UUID,
    kind: NoticeKind,
    occasion: str = "",
    *,
    merchant_order_id: UUID | None = None,
    **facts: Any,
) -> None:
    """Tell the shopper; the same kind for the same occasion again is told once."""
    key = f"{kind}:{merchant_order_id or ''}:{occasion}"
    await _note(uow, order_id, key, kind, order_id, merchant_order_id, facts)


async def to_merchant(
    uow: UnitOfWork, part: MerchantOrder, kind: NoticeKind, occasion: str = "", **facts: Any
) -> None:
    """Tell a merchant of its merchant order, once."""
    key = f"{kind}:{part.id}:{occasion}"
    await _note(uow, part.organization_id, key, kind, part.order_id, part.id, facts)


async def _note(
    uow: UnitOfWork,
    organization_id: UUID,
    key: str,
    kind: NoticeKind,
    order_id: UUID,
    merchant_order_id: UUID | None,
    facts: dict[str, Any],
) -> None:
    await uow.widen([organization_id])
    notice_id = await repository.add(
        uow.session,
        organization_id=organization_id,
        key=key,
        kind=kind,
        order_id=order_id,
        merchant_order_id=merchant_order_id,
        facts=facts,
    )
    if notice_id is not None:
        uow.enqueue(SEND_JOB, {"organization": str(organization_id), "notice": str(notice_id)})
