"""The office's pages on settlements: those that wait, one of them, taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import current_locale, gettext
from arengo_core.money import Money
from arengo_core.organizations import repository as organizations
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import page
from arengo_core.web.spreadsheet import csv_answer
from arengo_marketplace.members.acting import office_of
from arengo_marketplace.months import month_key
from arengo_marketplace.pools.pages import kind_label
from arengo_marketplace.settlements import comparison, previewing, repository, service
from arengo_marketplace.settlements.batches import frozen_batches
from arengo_marketplace.settlements.models import SettledOffer, Settlement, Share
from arengo_marketplace.settlements.previewing import member_asked
from arengo_marketplace.settlements.showing import figures_of
from arengo_marketplace.settlements.wording import stored_rule_in_words
from arengo_marketplace.statements import repository as statements
from arengo_marketplace.statements import service as statement_service
from arengo_marketplace.titles import service_title


@get("/office/settlements", name="settlements")
async def settlements_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[str]:
    """Closed months, and those that wait."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        consortium_id = await office_of(uow)
        rows = await repository.page(uow.session, consortium_id)
        waiting = await service.waiting(uow, consortium_id)
        return await page(
            request,
            uow,
            "marketplace/settlements/list.html",
            face="office",
            settlements=rows,
            reversals=await repository.reversals(uow.session, consortium_id),
            waiting=[(month.label(current_locale()), month_key(month)) for month in waiting],
            label_of=lambda row: row.period.label(current_locale()),
        )


@get("/office/settlements/{settlement_id:uuid}/bundle", name="settlement-bundle")
async def bundle_file(
    host: FromHost, caller: FromCaller, settlement_id: FromPath[UUID]
) -> Response[bytes]:
    """All that the settlement rests on and gave, to recompute it elsewhere."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        made = await service.bundle(uow, settlement_id)
    name = f"settlement-{made['period']['from']}-{made['revision']}.json"
    return Response(
        msgspec.json.format(msgspec.json.encode(made, order="sorted"), indent=2),
        media_type="application/json",
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
        },
    )


async def _found(uow: UnitOfWork, settlement_id: UUID) -> Settlement:
    return await service.settlement_of(uow, settlement_id, await office_of(uow))


async def _names(uow: UnitOfWork, ids: Sequence[UUID]) -> dict[UUID, str]:
    found = await organizations.by_ids(uow.session, ids)
    return {key: row.name for key, row in found.items()}


async def _one(
    request: ArengoRequest, host: Host, caller: Caller, settlement_id: UUID, form: Form
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        settlement = await _found(uow, settlement_id)
        consortium_id = settlement.organization_id
        issued = await statements.of_settlement(uow.session, consortium_id, settlement.id)
        standings = await statement_service.standings(uow, issued)
        names = await _names(uow, [one.organization_id for one in issued])
        offers = await repository.offers(uow.session, settlement.id, consortium_id)
        reversals = await repository.reversals(uow.session, consortium_id)
        return await page(
            request,
            uow,
            "marketplace/settlements/settlement.html",
            face="office",
            status=400 if form.errors else 200,
            form=form,
            settlement=settlement,
            label=settlement.period.label(current_locale()),
            reversed_by=reversals.get(settlement.id),
            offers=[(row, service_title(host.registry, row.service)) for row in offers],
            batches=await frozen_batches(uow, settlement),
            open=sum(one.open for one in standings),
            advanced=sum(one.advanced for one in issued),
            shown=figures_of(
                await comparison.beside_last(uow, host, settlement),
                await comparison.places_of(uow, settlement),
                settlement.period,
                member_asked(request),
            ),
            statements=sorted(
                ((names.get(one.statement.organization_id, "—"), one) for one in standings),
                key=lambda pair: pair[0],
            ),
        )


@get("/office/settlements/{settlement_id:uuid}", name="settlement")
async def settlement_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, settlement_id: FromPath[UUID]
) -> Response[str]:
    """One settlement: services, statements, who has paid."""
    caller.require_signed_in()
    return await _one(request, host, caller, settlement_id, Form({}))


@get("/office/settlements/{settlement_id:uuid}/csv", name="settlement-csv")
async def settlement_csv(
    request: ArengoRequest, host: FromHost, caller: FromCaller, settlement_id: FromPath[UUID]
) -> Response[bytes]:
    """Every share of a settlement as CSV, and what members that paid suppliers are credited."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        settlement = await _found(uow, settlement_id)
        shares = await repository.shares(uow.session, settlement.id, settlement.organization_id)
        issued = await statements.of_settlement(
            uow.session, settlement.organization_id, settlement.id
        )
        names = await _names(uow, [one.organization_id for one in (*shares, *issued)])
    headings = [
        gettext(text)
        for text in ("Member", "Service", "Days", "Inhabitants", "Amount", "Per inhabitant")
    ]
    rows = [
        (
            names.get(share.organization_id, ""),
            service_title(host.registry, share.service),
            share.days,
            share.population,
            Money(share.amount, share.currency),
            share.per_inhabitant,
        )
        for share in shares
    ]
    rows += [
        (
            names.get(one.organization_id, ""),
            gettext("Paid to suppliers"),
            None,
            None,
            Money(-one.advanced, one.currency),
            None,
        )
        for one in issued
        if one.advanced
    ]
    return csv_answer(f"settlement-{month_key(settlement.period)}", headings, rows)


async def _offer(
    uow: UnitOfWork, settlement: Settlement, offer_id: UUID
) -> tuple[SettledOffer, Sequence[Share]]:
    rows = await repository.offers(uow.session, settlement.id, settlement.organization_id)
    found = next((row for row in rows if row.offer_id == offer_id), None)
    if found is None:
        raise NotFoundError("This settlement has no such service.")
    shares = await repository.shares(
        uow.session, settlement.id, settlement.organization_id, offer_id
    )
    return found, shares


@get("/office/settlements/{settlement_id:uuid}/services/{offer_id:uuid}", name="settlement-service")
async def service_page(
    request: ArengoRequest,
    host: FromHost,
    caller: FromCaller,
    settlement_id: FromPath[UUID],
    offer_id: FromPath[UUID],
) -> Response[str]:
    """A service's pool in a settlement, and how it was divided."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        settlement = await _found(uow, settlement_id)
        offer, shares = await _offer(uow, settlement, offer_id)
        lines = await repository.lines(
            uow.session,
            settlement.reverses_id or settlement.id,
            settlement.organization_id,
            offer_id,
        )
        payers = [line.paid_by for line in lines if line.paid_by is not None]
        names = await _names(uow, [*payers, *(share.organization_id for share in shares)])
        return await page(
            request,
            uow,
            "marketplace/settlements/service.html",
            face="office",
            settlement=settlement,
            label=settlement.period.label(current_locale()),
            offer=offer,
            title=service_title(host.registry, offer.service),
            rule=stored_rule_in_words(offer.rule, host.registry),
            lines=lines,
            payers=names,
            kind_label=kind_label,
            shares=sorted(
                ((names.get(share.organization_id, "—"), share) for share in shares),
                key=lambda pair: pair[0],
            ),
        )


@post(
    "/office/settlements/{settlement_id:uuid}/reverse",
    name="settlement-reverse",
    opt={"mutation": "reverseSettlement"},
    status_code=303,
)
async def reverse_settlement(
    request: ArengoRequest, host: FromHost, caller: FromCaller, settlement_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Take a settlement back."""
    caller.require_signed_in()
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await office_of(uow)
            reversal = await service.reverse(
                uow,
                settlement_id=settlement_id,
                reason=form["reason"],
                idempotency_key=form["idempotency_key"] or None,
            )
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        form.refuse(error)
        return await _one(request, host, caller, settlement_id, form)
    done = Flash(
        "success",
        gettext("The settlement is reversed."),
        gettext("Correct the costs, then settle the month anew."),
    )
    return redirect(request, f"/office/settlements/{reversal.id}", done)


ROUTES: list[Any] = [
    settlements_page,
    *previewing.ROUTES,
    settlement_page,
    settlement_csv,
    bundle_file,
    service_page,
    reverse_settlement,
]
