"""``arengo audit``: whether the log is as it was written."""

from __future__ import annotations

import asyncio
import sys

import click

from arengo_core.audit.verifying import Finding, verify
from arengo_core.cli.running import open_host
from arengo_core.organizations import repository as organizations


@click.group()
def audit() -> None:
    """Look after the audit log."""


def _in_words(finding: Finding) -> str:
    words = [f"  {finding.fault}:"]
    if finding.entry is not None:
        words.append(f"entry {finding.entry}")
    if finding.batch is not None:
        words.append(f"batch {finding.batch}")
    return " ".join(words)


@audit.command("verify")
def verify_log() -> None:
    """Recompute every organization's chain; code 1 when something was changed or is missing.

    Each line ends with the chain's head. Keep the lines elsewhere: they tell a log cut off at
    its end, seals and all, from one that was never longer.
    """

    async def run() -> int:
        faults = 0
        async with open_host() as host:
            async with host.unit_of_work(read_only=True) as uow:
                everyone = await organizations.everyone(uow.session)
            for organization in everyone:
                report = await verify(host, organization.id)
                click.echo(
                    f"{organization.slug}: {report.entries} entries in {report.batches} batches,"
                    f" head {report.head.hex()}"
                )
                for finding in report.findings:
                    click.echo(_in_words(finding))
                faults += len(report.findings)
        click.echo(f"{faults} faults found." if faults else "Nothing was changed or is missing.")
        return faults

    if asyncio.run(run()):
        sys.exit(1)
