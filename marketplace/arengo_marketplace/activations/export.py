"""What a member takes along when it opts out: everything of its activation, as a ZIP file."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.tasks import service as tasks
from arengo_core.tasks.definition import UNTOLD, Progress, TaskKind, TaskRun
from arengo_core.tasks.models import Task
from arengo_marketplace.activations import repository
from arengo_marketplace.activations import service as activations
from arengo_marketplace.activations.models import Activation, ActivationChange
from arengo_marketplace.costs.period import Period
from arengo_marketplace.metering import repository as metering
from arengo_marketplace.offers import repository as offers
from arengo_marketplace.offers.bearers import FOREVER
from arengo_marketplace.permissions import SERVICES
from arengo_marketplace.settlements import repository as settlements
from arengo_marketplace.statements import repository as statements

README = """\
activation.json  the activation, its offer's terms, its dated changes
settings.json    its settings; secrets are named, never written out
usage.csv        each reading of the service's meters
statements.csv   the shares of this service in your statements, in minor units (cents)
"""


async def begin(uow: UnitOfWork, *, activation_id: UUID) -> Task:
    """Begin to gather the ZIP file; the member's officers may, also afterwards."""
    activation = await activations.activation_of(uow, activation_id)
    uow.caller.require(activation.organization_id, SERVICES)
    return await tasks.begin(
        uow,
        EXPORT,
        organization_id=activation.organization_id,
        payload={"activation": str(activation.id), "service": activation.service},
        back=f"/office/activations/{activation.id}",
    )


async def _gather(run: TaskRun) -> None:
    async with run.host.unit_of_work(run.caller, read_only=True) as uow:
        content = await export(
            uow, run.host, activation_id=UUID(run.payload["activation"]), progress=run
        )
    name = f"{run.payload['service']}.zip"
    await run.finish_with_file(content, name, "application/zip", N_("Your data is ready."))


EXPORT = TaskKind(
    "marketplace.export_activation",
    N_("Gather your data of a service"),
    _gather,
    permissions=(SERVICES,),
)


async def export(
    uow: UnitOfWork, host: Host, *, activation_id: UUID, progress: Progress = UNTOLD
) -> bytes:
    """A ZIP of the member's rows of a service; the member's officers may, also afterwards."""
    activation = await activations.activation_of(uow, activation_id)
    uow.caller.require(activation.organization_id, SERVICES)
    changes = await repository.changes_of(uow.session, activation.organization_id, activation.id)
    offer = await offers.get(uow.session, activation.offer_id)
    assert offer is not None, "offers are never deleted"
    terms = {
        "price_plan": offer.price_plan,
        "cost_rule": offer.cost_rule,
        "cost_bearers": offer.cost_bearers,
        "fees": offer.fees,
    }
    secrets = sorted(host.cipher.decrypt(activation.secrets))
    files = {
        "README.txt": README.encode(),
        "activation.json": _json(_activation(activation, changes) | {"offer": terms}),
        "settings.json": _json({"settings": activation.settings, "secrets": secrets}),
        "usage.csv": await _usage(uow, host, activation, progress),
        "statements.csv": await _statements(uow, activation),
    }
    return _zip(files)


def _activation(activation: Activation, changes: Sequence[ActivationChange]) -> dict[str, Any]:
    return {
        "id": activation.id,
        "service": activation.service,
        "consortium": activation.consortium_id,
        "member": activation.organization_id,
        "state": activation.state,
        "forecast_per_month": activation.forecast,
        "changes": [
            {"state": change.state, "at": change.at, "by": change.by, "why": change.why}
            for change in changes
        ],
    }


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2)


def _csv(heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heading)
    writer.writerows(rows)
    return text.getvalue().encode()


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


async def _usage(uow: UnitOfWork, host: Host, activation: Activation, progress: Progress) -> bytes:
    found = host.registry.services.get(activation.service)
    always = Period(date(2000, 1, 1), FOREVER)
    rows: list[tuple[Any, ...]] = []
    meters = found.value.meters if found else ()
    for place, meter in enumerate(meters):
        await progress.tell(N_("Reading the use"), place, len(meters))
        records = await metering.records(uow.session, activation.organization_id, meter.key, always)
        rows += [
            (row.counted_on, row.meter, row.quantity, row.occurred_at, row.through_seat)
            for row in records
            if row.consortium_id == activation.consortium_id
        ]
    return _csv(("counted_on", "meter", "quantity", "occurred_at", "through_seat"), rows)


async def _statements(uow: UnitOfWork, activation: Activation) -> bytes:
    mine = await statements.page(uow.session, organization_id=activation.organization_id)
    months = {row.id: row for row in mine if row.consortium_id == activation.consortium_id}
    shares = await settlements.shares_of_statements(
        uow.session, [activation.organization_id], list(months)
    )
    rows = [
        (
            months[share.statement_id].starts_on,
            months[share.statement_id].number,
            share.days,
            share.population,
            share.amount,
            share.currency,
        )
        for share in shares
        if share.offer_id == activation.offer_id
    ]
    heading = ("month", "statement", "days", "population", "amount", "currency")
    return _csv(heading, sorted(rows, key=lambda row: row[0]))
