"""What the log calls the acts noted here."""

from __future__ import annotations

from arengo_core.i18n import N_
from arengo_core.plugins.contributions import Act

ACTS = [
    Act("role.granted", N_("Role given")),
    Act("role.removed", N_("Role taken away")),
    Act("permission.given", N_("Permission given to a role")),
    Act("permission.withheld", N_("Permission taken from a role")),
    Act("delegation.made", N_("Let another organization act")),
    Act("delegation.revoked", N_("Delegation ended")),
    Act("person.erased", N_("Account erased by its person")),
    Act("guest.erased", N_("Rows of somebody without an account erased, on request")),
    Act("invitation.sent", N_("Invitation sent")),
    Act("identity.linked", N_("Identity elsewhere linked")),
    Act("identity.unlinked", N_("Identity elsewhere removed")),
    Act("token.created", N_("API token made")),
    Act("token.revoked", N_("API token ended")),
    Act("organization.created", N_("Organization entered")),
    Act("organization.updated", N_("Own data changed")),
    Act("webhook.created", N_("Webhook added")),
    Act("webhook.changed", N_("Webhook changed")),
    Act("webhook.secret_changed", N_("Secret of a webhook changed")),
    Act("webhook.switched_on", N_("Webhook switched on")),
    Act("webhook.switched_off", N_("Webhook switched off after failures")),
    Act("webhook.removed", N_("Webhook removed")),
    Act("webhook.resent", N_("Event sent to a webhook again")),
    Act("task.cancelled", N_("Slow work cancelled")),
    Act("job.replayed", N_("Held work started again")),
    Act("job.discarded", N_("Held work discarded")),
]
