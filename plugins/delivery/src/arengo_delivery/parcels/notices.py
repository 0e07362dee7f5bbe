"""The job that tells a shopper of a parcel: through Messages where active, else core's mail."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from uuid import UUID

from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import NotActiveError
from arengo_core.host import Host
from arengo_core.i18n import N_, current_locale, set_locale
from arengo_core.i18n import gettext as _
from arengo_core.jobs.definition import Job
from arengo_core.mail.sender import Mail
from arengo_core.organizations import service as organizations
from arengo_delivery.contract import ParcelState
from arengo_delivery.offering import SERVICE_KEY, settings_of
from arengo_delivery.parcels import repository
from arengo_delivery.parcels.codes import PickUpCodes
from arengo_delivery.parcels.models import ParcelRow
from arengo_delivery.parcels.service import TELL
from arengo_delivery.parcels.views import tracking_path
from arengo_delivery.points import repository as points
from arengo_delivery.points.models import PickUpPointRow

if TYPE_CHECKING or find_spec("arengo_communications"):
    from arengo_communications.contract import Content, MessageRequest, Messages, Recipient

HAS_MESSAGES = find_spec("arengo_communications") is not None


@dataclass(frozen=True, slots=True)
class Letter:
    """What the shopper is told."""

    subject: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    action: tuple[str, str]

    @property
    def text(self) -> str:
        """As a plain mail."""
        facts = "\n".join(f"{label}: {value}" for label, value in self.facts)
        return "\n\n".join([*self.paragraphs, facts, ":\n".join(self.action)]) + "\n"


def _arrived(
    host: Host, row: ParcelRow, point: PickUpPointRow, issue: int
) -> tuple[str, list[str], list[tuple[str, str]]]:
    code = PickUpCodes.of(host).code(row.id, issue)
    return (
        _("Your parcel waits at {point}", point=point.name),
        [
            _("Tell the six digits at the counter: whoever knows them gets the parcel."),
            _("They serve once, and for this parcel alone."),
        ],
        [
            (_("Your code"), f"{code[:3]} {code[3:]}"),
            (_("Where"), f"{point.name}, {point.address}"),
            (_("Opening hours"), point.opening_hours),
        ],
    )


def letter(
    host: Host,
    row: ParcelRow,
    state: ParcelState,
    shop: str,
    point: PickUpPointRow | None,
    issue: int,
    contact: str,
) -> Letter:
    """The words for a step, in the present locale."""
    order = (_("Order"), row.order_reference)
    if state is ParcelState.AT_PICK_UP_POINT and point is not None:
        subject, paragraphs, facts = _arrived(host, row, point, issue)
    elif state is ParcelState.READY and point is not None:
        subject = _("Your parcel from {shop} is packed", shop=shop)
        paragraphs = [
            _("It goes to {point}. You get a code as soon as it is there.", point=point.name)
        ]
        facts = []
    elif state is ParcelState.READY:
        subject = _("Your parcel from {shop} is packed", shop=shop)
        paragraphs = [_("The courier collects it on the next round.")]
        facts = []
    else:
        subject = _("Your parcel from {shop} was delivered", shop=shop)
        paragraphs = [_("If it is not with you, write to the shop: it finds out.")]
        facts = []
    if contact:
        facts.append((_("Questions"), contact))
    return Letter(
        subject,
        tuple(paragraphs),
        (*facts, order),
        (_("Follow the parcel"), host.url(tracking_path(row))),
    )


async def tell(host: Host, payload: dict[str, Any]) -> None:
    """Job: one message a step; what the parcel has left behind meanwhile is not told."""
    merchant = UUID(payload["merchant"])
    state, issue = ParcelState(payload["state"]), int(payload["issue"])
    before = current_locale()
    async with host.unit_of_work(Caller.program([merchant])) as uow:
        row = await repository.get(uow.session, UUID(payload["parcel"]), merchant_id=merchant)
        if row is None or row.state != state or issue != row.code_issue:
            return
        shop = await organizations.get(uow, merchant)
        point = await points.get(uow.session, row.point_id) if row.point_id else None
        contact = (await settings_of(host, uow, merchant)).contact
        set_locale(row.locale)
        try:
            words = letter(host, row, state, shop.name, point, issue, contact)
        finally:
            set_locale(before)
        key = f"parcel:{row.id}:{state.value}:{issue}"
        email = host.cipher.decrypt(row.email_sealed)["email"]
        if HAS_MESSAGES and await _through_messages(host, uow, row, key, email, words):
            return
        reply_to = shop.email or None
    domain = parseaddr(host.settings.mail_from)[1].partition("@")[2]
    await host.mail.send(
        Mail(
            to=email,
            subject=words.subject,
            text=words.text,
            reply_to=reply_to,
            sender_name=shop.name,
            message_id=f"<{key.replace(':', '.')}@{domain}>",
        )
    )


async def _through_messages(
    host: Host, uow: UnitOfWork, row: ParcelRow, key: str, email: str, words: Letter
) -> bool:
    try:
        messages = await host.capability(uow, Messages, row.organization_id)
        await messages.send(
            MessageRequest(
                key=key,
                organization_id=row.organization_id,
                topic="parcel",
                recipient=Recipient(row.recipient_name, email, row.locale),
                content=Content(words.subject, words.paragraphs, words.facts, words.action),
            )
        )
    except NotActiveError:
        return False
    return True


JOBS = [
    Job(TELL, tell, title=N_("Tell a shopper of a parcel"), service=SERVICE_KEY, finishes=True),
]
