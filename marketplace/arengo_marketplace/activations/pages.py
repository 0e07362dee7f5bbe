"""Pages of activations: catalogue, price before switching on, one activation, opting out."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import N_, error_text, gettext
from arengo_core.identity import repository as identity
from arengo_core.tasks.pages import follow
from arengo_core.web.acts import Act, acted
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import acting_for, page
from arengo_marketplace.activations import catalogue, repository, service, settings
from arengo_marketplace.activations import export as exporting
from arengo_marketplace.activations.preview import preview
from arengo_marketplace.activations.showing import accepted, figures_of, setting_rows
from arengo_marketplace.consents import asking
from arengo_marketplace.consents import service as consents
from arengo_marketplace.members import directory
from arengo_marketplace.members.acting import acting_in
from arengo_marketplace.offers import prices
from arengo_marketplace.offers import service as offers
from arengo_marketplace.offers.rule_wording import rule_in_words
from arengo_marketplace.offers.terms import allocation_keys
from arengo_marketplace.offers.wording import fees_in_words, plan_in_words
from arengo_marketplace.permissions import OFFICE, SERVICES
from arengo_marketplace.pledges import board as pledges
from arengo_marketplace.titles import service_title


@get("/office/services", name="services")
async def services_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[str]:
    """Every service, what the consortium offers, and what one has switched on."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow, OFFICE, SERVICES)
        entries = await catalogue.entries(uow, host.registry, acting)
        waiting, silent = [], []
        if acting.is_office:
            rows = await repository.of_consortium(uow.session, acting.consortium_id, ["requested"])
            members = await directory.members(uow, acting.consortium_id)
            names = {member.organization_id: member.name for member in members}
            waiting = [
                (
                    row,
                    names.get(row.organization_id, "—"),
                    service_title(host.registry, row.service),
                )
                for row in rows
            ]
            silent = [
                (
                    each,
                    names.get(each.activation.organization_id, "—"),
                    service_title(host.registry, each.activation.service),
                )
                for each in await asking.unanswered(uow, host.registry, acting.consortium_id)
            ]
        return await page(
            request,
            uow,
            "marketplace/activations/services.html",
            face=acting.face,
            acting_in=acting,
            entries=entries,
            waiting=waiting,
            silent=silent,
        )


async def _before(
    request: ArengoRequest,
    host: Host,
    caller: Caller,
    offer_id: UUID,
    form: Form,
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow, OFFICE, SERVICES)
        offer = await offers.offer_of(uow, offer_id)
        described = offers.service_of(host.registry, offer.service)
        if acting.member is None:
            raise NotFoundError("Only members switch services on: act for one of them.")
        shown = None
        typed = {meter.key: form[meter.key] for meter in described.meters if form[meter.key]}
        forecast = typed
        try:
            shown = await preview(
                uow,
                host,
                offer_id=offer_id,
                member_id=acting.organization_id,
                forecast=typed or None,
            )
            forecast = {key: f"{units.normalize():f}" for key, units in shown.forecast.items()}
        except ArengoError as error:
            if error.status in {401, 403, 404}:
                raise
            form.refuse(error)
        pledged = (await pledges.counts(uow, offer.organization_id)).get(offer.id, 0)
        return await page(
            request,
            uow,
            "marketplace/activations/before.html",
            face=acting.face,
            status=400 if form.errors else 200,
            acting_in=acting,
            offer=offer,
            service=described,
            title=service_title(host.registry, offer.service),
            forecast=forecast,
            form=form,
            preview=shown,
            figures=figures_of(shown) if shown else None,
            plan=plan_in_words(offer.plan, host.registry),
            rule=rule_in_words(
                offer.rule(allocation_keys(host.registry, host.guard)), host.registry
            ),
            fees=fees_in_words(offer.fees),
            fields=setting_rows(described, {}, set()),
            asked=host.registry.asked_by(offer.service),
            pledges=pledged,
            board=await pledges.board(uow, host, offer.id) if pledged else None,
        )


@get("/office/offers/{offer_id:uuid}/activate", name="activate")
async def before_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, offer_id: FromPath[UUID]
) -> Response[str]:
    """What it will cost a year and per inhabitant, and what it changes for every other member."""
    caller.require_signed_in()
    query = {key: str(value) for key, value in request.query_params.items()}
    return await _before(request, host, caller, offer_id, Form(query))


@post(
    "/office/offers/{offer_id:uuid}/activate",
    name="activate-post",
    opt={"mutation": "requestActivation"},
    status_code=303,
)
async def activate(
    request: ArengoRequest, host: FromHost, caller: FromCaller, offer_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Opt in."""
    caller.require_signed_in()
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            activation = await service.request(
                uow,
                host,
                offer_id=offer_id,
                member_id=acting_for(caller),
                settings_values=form,
                forecast=form,
                accepts=accepted(form),
                idempotency_key=form["idempotency_key"] or None,
            )
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        form.refuse(error)
        return await _before(request, host, caller, offer_id, form)
    said = {
        "active": Flash("success", gettext("The service is switched on.")),
        "approved": Flash(
            "info",
            gettext("Almost there."),
            gettext("Fill in the settings that are missing, then start the service."),
        ),
        "requested": Flash(
            "info",
            gettext("The office has your request."),
            gettext("Once it approves, you see the price again and start the service."),
        ),
    }
    return redirect(request, f"/office/activations/{activation.id}", said[activation.state])


async def _one(
    request: ArengoRequest,
    host: Host,
    caller: Caller,
    activation_id: UUID,
    form: Form,
    *,
    template: str = "activation",
) -> Response[str]:
    async with host.unit_of_work(caller) as uow:
        acting = await acting_in(uow, OFFICE, SERVICES)
        row = await service.activation_of(uow, activation_id)
        offer = await offers.offer_of(uow, row.offer_id)
        described = offers.service_of(host.registry, row.service)
        member = await directory.member(uow, row.organization_id, row.consortium_id)
        changes = await repository.changes_of(uow.session, row.organization_id, row.id)
        people = [change.by for change in changes if change.by]
        await uow.widen(people)
        persons = await identity.persons(uow.session, people)
        leaving = template == "leave"
        shown = None
        if leaving or row.state in {"requested", "approved", "active"}:
            shown = await preview(
                uow,
                host,
                offer_id=offer.id,
                member_id=row.organization_id,
                forecast=row.forecast,
                leaving=leaving,
            )
        secrets = set(host.cipher.decrypt(row.secrets))
        mine = acting.organization_id == row.organization_id
        return await page(
            request,
            uow,
            f"marketplace/activations/{template}.html",
            face=acting.face,
            status=400 if form.errors else 200,
            acting_in=acting,
            mine=mine,
            activation=row,
            offer=offer,
            service=described,
            title=service_title(host.registry, row.service),
            member=member,
            changes=[
                (change, persons[change.by].name if change.by and change.by in persons else "")
                for change in changes
            ],
            fields=setting_rows(described, row.settings, secrets) if mine else [],
            complete=settings.is_complete(described, row.settings, secrets),
            asked=host.registry.asked_by(row.service),
            agreed=[
                grant for grant in host.registry.asked_by(row.service) if grant.key in row.agreed
            ],
            outstanding=consents.outstanding(host.registry, row),
            form=form,
            preview=shown,
            figures=figures_of(shown) if shown else None,
            plan=plan_in_words(offer.plan, host.registry),
            coming=[
                (one, one.change_of(row.organization_id), plan_in_words(one.plan, host.registry))
                for one in await prices.coming(uow, host, offer)
            ],
            rule=rule_in_words(
                offer.rule(allocation_keys(host.registry, host.guard)), host.registry
            ),
            fees=fees_in_words(offer.fees),
        )


@get("/office/activations/{activation_id:uuid}", name="activation")
async def activation_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, activation_id: FromPath[UUID]
) -> Response[str]:
    """One activation: its state, history, settings, expected use."""
    caller.require_signed_in()
    return await _one(request, host, caller, activation_id, Form({}))


@get("/office/activations/{activation_id:uuid}/end", name="activation-leave")
async def leave_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, activation_id: FromPath[UUID]
) -> Response[str]:
    """What opting out changes, with the export."""
    caller.require_signed_in()
    return await _one(request, host, caller, activation_id, Form({}), template="leave")


@get("/office/activations/{activation_id:uuid}/export", name="activation-export")
async def export_file(
    request: ArengoRequest, host: FromHost, caller: FromCaller, activation_id: FromPath[UUID]
) -> Response[bytes]:
    """The member's data of the service, as a ZIP file."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        row = await service.activation_of(uow, activation_id)
        content = await exporting.export(uow, host, activation_id=activation_id)
    return Response(
        content,
        media_type="application/zip",
        headers={
            "content-disposition": f'attachment; filename="{row.service}.zip"',
            "cache-control": "no-store",
        },
    )


@post(
    "/office/activations/{activation_id:uuid}/export",
    name="activation-export-begin",
    opt={"mutation": "beginActivationExport"},
    status_code=303,
)
async def begin_export(
    request: ArengoRequest, host: FromHost, caller: FromCaller, activation_id: FromPath[UUID]
) -> Redirect:
    """Begin to gather the same file, however much there is."""
    caller.require_signed_in()
    await read_form(request)
    async with host.unit_of_work(caller) as uow:
        task = await exporting.begin(uow, activation_id=activation_id)
    return await follow(request, host, caller, task.id)


async def _saved(
    request: ArengoRequest, host: Host, caller: Caller, activation_id: UUID, act: Act, said: str
) -> Response[Any] | Redirect:
    to = f"/office/activations/{activation_id}"
    again = partial(_one, request, host, caller, activation_id)
    flash = Flash("success", gettext(said))
    return await acted(request, host, caller, act, again, to, flash)


@post(
    "/office/activations/{activation_id:uuid}/settings",
    name="activation-settings",
    opt={"mutation": "updateActivationSettings"},
    status_code=303,
)
async def change_settings(
    request: ArengoRequest, host: FromHost, caller: FromCaller, activation_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Save the settings."""

    def act(uow: UnitOfWork, form: Form) -> Awaitable[object]:
        return service.change_settings(uow, host, activation_id=activation_id, values=form)

    return await _saved(request, host, caller, activation_id, act, N_("The settings are saved."))


@post(
    "/office/activations/{activation_id:uuid}/forecast",
    name="activation-forecast",
    opt={"mutation": "updateForecast"},
    status_code=303,
)
async def change_forecast(
    request: ArengoRequest, host: FromHost, caller: FromCaller, activation_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Save what is expected to be used."""

    def act(uow: UnitOfWork, form: Form) -> Awaitable[object]:
        return service.change_forecast(uow, host, activation_id=activation_id, forecast=form)

    return await _saved(request, host, caller, activation_id, act, N_("The expected use is saved."))


@post(
    "/office/activations/{activation_id:uuid}/consent",
    name="activation-consent",
    opt={"mutation": "agreeToGrants"},
    status_code=303,
)
async def agree(
    request: ArengoRequest, host: FromHost, caller: FromCaller, activation_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Agree to what the service asks for now."""

    def act(uow: UnitOfWork, form: Form) -> Awaitable[object]:
        return service.agree(uow, host, activation_id=activation_id, accepts=accepted(form))

    return await _saved(request, host, caller, activation_id, act, N_("Your answer is recorded."))


async def _step(
    request: ArengoRequest,
    host: Host,
    caller: Caller,
    activation_id: UUID,
    step: Any,
    said: str,
    *,
    back: str = "",
) -> Redirect:
    """Take one step of the state machine, with the reason of the form where it takes one."""
    caller.require_signed_in()
    form = await read_form(request)
    target = f"/office/activations/{activation_id}"
    reason = {"why": form["why"]} if step is not service.confirm else {}
    try:
        async with host.unit_of_work(caller) as uow:
            await step(uow, host, activation_id=activation_id, **reason)
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        refusal = Flash("danger", gettext("Nothing changed."), error_text(error))
        return redirect(request, target, refusal)
    return redirect(request, back or target, Flash("success", gettext(said)))


@post(
    "/office/activations/{activation_id:uuid}/approve",
    name="activation-approve",
    opt={"mutation": "approveActivation"},
    status_code=303,
)
async def approve(
    request: ArengoRequest, host: FromHost, caller: FromCaller, activation_id: FromPath[UUID]
) -> Redirect:
    """Approve, as the office."""
    said = N_("Approved. The member starts the service.")
    return await _step(request, host, caller, activation_id, service.approve, said)


@post(
    "/office/activations/{activation_id:uuid}/confirm",
    name="activation-confirm",
    opt={"mutation": "confirmActivation"},
    status_code=303,
)
async def confirm(
    request: ArengoRequest, host: FromHost, caller: FromCaller, activation_id: FromPath[UUID]
) -> Redirect:
    """Start what was approved."""
    said = N_("The service is switched on.")
    return await _step(request, host, caller, activation_id, service.confirm, said)


@post(
    "/office/activations/{activation_id:uuid}/suspend",
    name="activation-suspend",
    opt={"mutation": "suspendActivation"},
    status_code=303,
)
async def suspend(
    request: ArengoRequest, host: FromHost, caller: FromCaller, activation_id: FromPath[UUID]
) -> Redirect:
    """Suspend, as the office."""
    said = N_("Suspended. Nothing new starts; what was begun is finished.")
    return await _step(request, host, caller, activation_id, service.suspend, said)


@post(
    "/office/activations/{activation_id:uuid}/resume",
    name="activation-resume",
    opt={"mutation": "resumeActivation"},
    status_code=303,
)
async def resume(
    request: ArengoRequest, host: FromHost, caller: FromCaller, activation_id: FromPath[UUID]
) -> Redirect:
    """Let it go on, as the office."""
    said = N_("The service goes on.")
    return await _step(request, host, caller, activation_id, service.resume, said)


@post(
    "/office/activations/{activation_id:uuid}/end",
    name="activation-end",
    opt={"mutation": "endActivation"},
    status_code=303,
)
async def end(
    request: ArengoRequest, host: FromHost, caller: FromCaller, activation_id: FromPath[UUID]
) -> Redirect:
    """Opt out."""
    said = N_("The service is switched off. Your data stay here for you to take along.")
    return await _step(request, host, caller, activation_id, service.end, said)


ROUTES: list[Any] = [
    services_page,
    before_page,
    activate,
    activation_page,
    leave_page,
    export_file,
    begin_export,
    change_settings,
    change_forecast,
    agree,
    approve,
    confirm,
    suspend,
    resume,
    end,
]
