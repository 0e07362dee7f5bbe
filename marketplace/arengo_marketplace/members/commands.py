"""``arengo setup``: the first run from a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import click

from arengo_core.caller import ANONYMOUS
from arengo_core.cli.running import open_host
from arengo_core.settings import load_settings
from arengo_marketplace import register
from arengo_marketplace.members import founding


def _code(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """An ISTAT code, or the name of a municipality that only one has."""
    if value is None or (value.isdigit() and len(value) == 6):
        return value
    name, _, province = value.partition("/")
    if province:
        record = register.find(name.strip(), province.strip())
        if record is None:
            raise click.BadParameter(f"there is no {name} in {province}")
        return record.istat_code
    wanted = name.strip().casefold()
    found = [record for record in register.search(name, 50) if record.name.casefold() == wanted]
    if len(found) != 1:
        raise click.BadParameter(
            f"{len(found)} municipalities are named {value}: give NAME/PROVINCE or the ISTAT code"
        )
    return found[0].istat_code


def _codes(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> list[str]:
    return [code for value in values if (code := _code(context, option, value))]


def _province(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """The name of a province, or its two letters."""
    if value is not None and not register.of_province(value):
        raise click.BadParameter(f"there is no province {value}: Sondrio or SO is expected")
    return value


@click.command()
@click.option("--name", prompt="Name of the consortium", help="As on its letterhead.")
@click.option(
    "--lead",
    prompt="Lead municipality (name, NAME/PROVINCE or ISTAT code)",
    callback=_code,
    help="Name, NAME/PROVINCE or ISTAT code.",
)
@click.option(
    "--member",
    "members",
    multiple=True,
    callback=_codes,
    help="Another member municipality; give it once for each.",
)
@click.option(
    "--province", callback=_province, help="Make every municipality of a province a member."
)
@click.option("--officer", prompt="First officer's name and surname", help="Name and surname.")
@click.option(
    "--email", prompt="First officer's e-mail address", help="The officer signs in with it."
)
@click.option(
    "--password",
    prompt="Password",
    hide_input=True,
    confirmation_prompt=True,
    help="At least 12 characters; asked for when it is not given.",
)
def setup(
    name: str,
    lead: str,
    members: Sequence[str],
    province: str | None,
    officer: str,
    email: str,
    password: str,
) -> None:
    """Make the consortium, its members from the register and the first officer."""
    settings = load_settings()
    codes = [*members, *(record.istat_code for record in register.of_province(province or ""))]

    async def run() -> None:
        async with open_host(settings) as host, host.unit_of_work(ANONYMOUS) as uow:
            await founding.set_up(
                uow,
                host,
                name=name,
                lead_istat_code=lead,
                istat_codes=codes,
                officer_name=officer,
                officer_email=email,
                officer_password=password,
            )

    asyncio.run(run())
    click.echo(f"{name} stands, with {len({lead, *codes})} municipalities.")
    click.echo(f"Sign in at {settings.base_url}/sign-in as {email}.")
