"""Joining: a merchant asks, the office admits or declines with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from arengo_core import clock, idempotency
from arengo_core.caller import Caller, OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import N_, set_locale
from arengo_core.i18n import gettext as _
from arengo_core.ids import new_id
from arengo_core.jobs.definition import Job
from arengo_core.mail.address import check_email
from arengo_core.mail.sender import Mail
from arengo_core.organizations import service as organizations
from arengo_marketplace.members import directory, repository
from arengo_marketplace.members import service as members
from arengo_marketplace.members.models import JoinRequest
from arengo_marketplace.permissions import MEMBERS

SEND_REFUSAL = "marketplace.send_refusal"
_ASK = "marketplace.ask_to_join"
_LIMITS = {"name": 120, "person": 120, "street": 160, "postcode": 12, "phone": 40, "message": 2000}


async def ask(
    uow: UnitOfWork,
    *,
    consortium_id: UUID,
    name: str,
    vat_number: str,
    street: str,
    postcode: str,
    seat_id: UUID,
    person: str,
    email: str,
    phone: str = "",
    message: str = "",
    idempotency_key: str | None = None,
) -> JoinRequest:
    """Store a merchant's wish to join; anybody may ask."""
    given = {
        "name": name,
        "person": person,
        "street": street,
        "postcode": postcode,
        "phone": phone,
        "message": message,
    }
    texts = {field: _text(field, value) for field, value in given.items()}
    number = organizations.check_vat_number(vat_number)
    address = check_email(email)
    try:
        seat = await directory.member(uow, seat_id, consortium_id)
    except NotFoundError:
        raise InvalidInputError("Choose one of the list.", field="seat_id") from None
    if seat.kind is not OrganizationKind.MUNICIPALITY:
        raise InvalidInputError("Choose one of the list.", field="seat_id")
    await uow.widen([consortium_id])
    first = await idempotency.first_answer(uow, _ASK, idempotency_key)
    if first is not None:
        return await _request(uow, first)
    if await repository.waiting_request(uow.session, consortium_id, number):
        raise ConflictError(
            "A request with this VAT number is waiting already: the office answers by mail.",
            field="vat_number",
        )
    await _refuse_members(uow, consortium_id, number)
    request = JoinRequest(
        id=new_id(),
        organization_id=consortium_id,
        vat_number=number,
        seat_id=seat_id,
        email=address,
        **texts,
    )
    uow.session.add(request)
    await uow.session.flush()
    uow.audit(consortium_id, "join.requested", "JoinRequest", request.id)
    await idempotency.remember(uow, _ASK, idempotency_key, request.id)
    return request


def _text(field: str, value: str) -> str:
    text = value.strip()
    if not text and field not in {"phone", "message"}:
        raise InvalidInputError("This is needed: fill it in.", field=field)
    if len(text) > _LIMITS[field]:
        raise InvalidInputError(
            "At most {limit} characters are possible.", field=field, limit=_LIMITS[field]
        )
    return text


async def _refuse_members(uow: UnitOfWork, consortium_id: UUID, vat_number: str) -> None:
    known = await repository.merchant_by_vat(uow.session, vat_number)
    if known is None:
        return
    try:
        await directory.member(uow, known.id, consortium_id)
    except NotFoundError:
        return
    raise ConflictError(
        "The firm with this VAT number is a member already: sign in instead.", field="vat_number"
    )


async def _request(uow: UnitOfWork, request_id: UUID) -> JoinRequest:
    request = await repository.join_request(uow.session, request_id)
    if request is None:
        raise NotFoundError("There is no such request.")
    return request


async def waiting(uow: UnitOfWork, consortium_id: UUID) -> list[JoinRequest]:
    """Requests that the office has not decided yet, oldest first."""
    uow.caller.require(consortium_id, MEMBERS)
    return list(await repository.join_requests(uow.session, consortium_id))


async def decide(
    uow: UnitOfWork, host: Host, *, request_id: UUID, admit: bool, reason: str = ""
) -> JoinRequest:
    """Admit, which invites the merchant by mail, or decline, which mails the reason."""
    request = await _request(uow, request_id)
    uow.caller.require(request.organization_id, MEMBERS)
    if request.state != "requested":
        raise ConflictError("This request was decided already.")
    if not admit and not reason.strip():
        raise InvalidInputError("Say why: the merchant reads it.", field="reason")
    request.state = "admitted" if admit else "declined"
    request.reason = reason.strip()
    request.decided_at, request.decided_by = clock.now(), uow.caller.user_id
    if admit:
        membership = await members.admit_merchant(
            uow,
            host,
            consortium_id=request.organization_id,
            seat_id=request.seat_id,
            name=request.name,
            vat_number=request.vat_number,
            street=request.street,
            postcode=request.postcode,
            email=request.email,
            phone=request.phone,
            person=request.person,
        )
        request.member_id = membership.organization_id
    else:
        uow.enqueue(
            SEND_REFUSAL,
            {"request": str(request.id), "consortium": str(request.organization_id)},
        )
    uow.audit(request.organization_id, f"join.{request.state}", "JoinRequest", request.id)
    return request


async def send_refusal(host: Host, payload: dict[str, Any]) -> None:
    """Job: tell a merchant that the office declined, and why."""
    consortium_id = UUID(payload["consortium"])
    async with host.unit_of_work(Caller.program([consortium_id]), read_only=True) as uow:
        request = await uow.session.get(JoinRequest, UUID(payload["request"]))
        consortium = await organizations.get(uow, consortium_id)
    if request is None:
        return
    set_locale(consortium.locale)
    await host.mail.send(
        Mail(
            to=request.email,
            subject=_("Your request to join {place}", place=consortium.name),
            text=_(
                "Hello {name},\n\nthe office of {place} declined your request to join."
                " It says:\n\n{reason}\n\nYou may ask again when this has changed:\n{link}\n",
                name=request.person,
                place=consortium.name,
                reason=request.reason,
                link=host.url("/join"),
            ),
            message_id=f"<join-{request.id}@arengo.example>",
        )
    )


JOBS = [Job(SEND_REFUSAL, send_refusal, title=N_("Tell somebody that a request was refused"))]
