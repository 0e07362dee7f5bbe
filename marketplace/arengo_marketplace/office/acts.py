"""What the log calls the acts noted here."""

from __future__ import annotations

from arengo_core.i18n import N_
from arengo_core.plugins.contributions import Act

ACTS = [
    Act("activation.requested", N_("Service asked for")),
    Act("activation.approved", N_("Request approved")),
    Act("activation.active", N_("Service switched on")),
    Act("activation.suspended", N_("Service suspended")),
    Act("activation.ended", N_("Service switched off")),
    Act("pledge.made", N_("Pledge made")),
    Act("pledge.kept", N_("Pledge kept: service switched on")),
    Act("pledge.withdrawn", N_("Pledge withdrawn")),
    Act("pledge.expired", N_("Pledge expired")),
    Act("activation.settings_changed", N_("Settings of a service changed")),
    Act("consent.given", N_("Agreed to what a service reads and writes")),
    Act("consent.asked", N_("A service asked to read or write more")),
    Act("consent.withdrawn", N_("Consent ended with the service")),
    Act("charter.changed", N_("Charter changed")),
    Act("collecting_entity.named", N_("Collecting entity named")),
    Act("cost_line.entered", N_("Cost entered")),
    Act("cost_line.changed", N_("Cost corrected")),
    Act("cost_line.removed", N_("Cost removed")),
    Act("funding.created", N_("Grant recorded")),
    Act("funding.changed", N_("Grant changed")),
    Act("funding.ended", N_("Grant ended")),
    Act("funding.reported", N_("Report on a grant made")),
    Act("funding.reordered", N_("Order of grants changed")),
    Act("join.requested", N_("A merchant asked to join")),
    Act("join.admitted", N_("Request to join accepted")),
    Act("join.declined", N_("Request to join refused")),
    Act("member.admitted", N_("Member admitted")),
    Act("member.left", N_("Membership ended")),
    Act("member.seat", N_("Seat moved")),
    Act("member.attributes", N_("Figures for cost rules set")),
    Act("member.population", N_("Inhabitants set")),
    Act("offer.created", N_("Service put on offer")),
    Act("offer.changed", N_("Terms of an offer changed")),
    Act("offer.withdrawn", N_("Offer withdrawn")),
    Act("settlement.closed", N_("Month settled")),
    Act("settlement.reversed", N_("Settlement reversed")),
    Act("usage.entered", N_("Use entered")),
    Act("usage.corrected", N_("Use taken back")),
    Act("statement.paid", N_("Payment of a statement recorded")),
]
