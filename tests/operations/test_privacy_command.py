"""``arengo privacy``, as an operator answers somebody who has no account."""

from __future__ import annotations

import stat
import zipfile

from sqlalchemy import select

from arengo_core.audit.models import AuditEntry
from arengo_core.audit.wording import act_in_words
from arengo_core.caller import Caller, OrganizationKind, Role
from arengo_core.host import Host
from arengo_core.identity.models import Invitation
from arengo_core.ids import new_id
from arengo_core.organizations.models import Organization

ASKS, OTHER, MEMBER = "asks@example.it", "other@example.it", "member@example.it"


async def test_a_guest_gets_a_copy_and_is_erased_and_nobody_else_is(
    arengo, host, settings, new_database, tmp_path
):
    urls = await new_database(migrated=True)
    secret = settings.secret_key.get_secret_value()
    logins = {
        "database_url": urls.app,
        "database_owner_url": urls.owner,
        "secret_key": secret,
    }
    own = Host.create(settings, host.registry, urls.app)
    town, file = new_id(), tmp_path / "copy.zip"
    async with own.unit_of_work(Caller.program([town])) as uow:
        kind = OrganizationKind.MUNICIPALITY.value
        uow.session.add(Organization(id=town, kind=kind, name="Lanzada", slug="lanzada"))
        await uow.session.flush()
        for email in (ASKS, OTHER):
            role = Role.CLERK.value
            uow.session.add(
                Invitation(id=new_id(), organization_id=town, email=email, name="Ivo", role=role)
            )
        await own.identity.create_user(uow, name="Mia", email=MEMBER, password="un-prato-in-fiore")

    written = arengo("privacy", "export", ASKS, str(file), **logins)
    assert written.returncode == 0, written.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    content = zipfile.ZipFile(file).read("core.json").decode()
    assert ASKS in content
    assert OTHER not in content
    again = arengo("privacy", "export", ASKS, str(file), **logins)
    assert (again.returncode, "is there already" in again.stderr) == (1, True)
    member = arengo("privacy", "erase", MEMBER, "--yes", **logins)
    assert (member.returncode, "has an account" in member.stderr) == (2, True), member.stderr
    gone = arengo("privacy", "erase", ASKS.upper(), "--yes", **logins)
    assert (gone.returncode, gone.stdout) == (0, "core.invitation: 1 erased\n"), gone.stderr
    nothing = arengo("privacy", "erase", ASKS, "--yes", **logins)
    assert nothing.stdout == "Nothing is kept under this address.\n"
    async with own.unit_of_work(Caller.program([town])) as uow:
        left = (await uow.session.scalars(Invitation.__table__.select())).all()
        noted = (await uow.session.scalars(select(AuditEntry))).all()
    assert len(left) == 1
    [entry] = noted
    assert (entry.action, entry.organization_id) == ("guest.erased", town)
    assert (entry.actor_id, entry.object_id, entry.details) == (None, None, {"rows": 1})
    assert ASKS not in str(vars(entry)), "the log holds no address of who is gone"
    assert act_in_words(own.registry, entry.action).endswith("cancellate, su richiesta")
    await own.close()
