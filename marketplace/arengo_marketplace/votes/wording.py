"""Votes in words."""

from __future__ import annotations

from arengo_core.i18n import N_, format_date, gettext
from arengo_marketplace.votes.counting import Terms, Weighing
from arengo_marketplace.votes.models import Vote

STATES = {
    "draft": N_("Draft"),
    "open": N_("Open"),
    "passed": N_("Passed"),
    "rejected": N_("Not passed"),
    "no_quorum": N_("No quorum"),
    "withdrawn": N_("Withdrawn"),
}
CHOICES = {"yes": N_("Yes"), "no": N_("No"), "abstain": N_("Abstention")}
WEIGHINGS = {
    "heads": N_("Every member the same"),
    "population": N_("By inhabitants"),
    "mixed": N_("Partly by members, partly by inhabitants"),
}


def terms_in_words(terms: Terms) -> str:
    """How a vote is counted, in a sentence or two."""
    weighing = gettext(WEIGHINGS[terms.weighing.value])
    if terms.weighing is Weighing.MIXED:
        weighing = gettext(
            "{share} % of the weight by members, the rest by inhabitants",
            share=f"{terms.head_share:f}",
        )
    parts = [
        weighing,
        gettext("quorum {per_cent} % of the weight", per_cent=f"{terms.quorum:f}"),
        gettext("more than {per_cent} % of the weight for", per_cent=f"{terms.majority:f}"),
    ]
    if terms.heads is not None:
        parts.append(
            gettext("and more than {per_cent} % of the members for", per_cent=f"{terms.heads:f}")
        )
    return "; ".join(parts)


def outcome_in_words(vote: Vote, title: str, rule: str) -> str:
    """What a vote that is over came to, and what that means."""
    if vote.state == "passed":
        return gettext(
            "The members approved it: from {month} on the cost of {service} is divided so: {rule}.",
            month=format_date(vote.valid_from),
            service=title,
            rule=rule,
        )
    if vote.state == "withdrawn":
        return gettext(
            "The office withdrew the vote: the rule stays as it is. Its reason: {reason}",
            reason=vote.reason or "—",
        )
    if vote.state == "no_quorum":
        return gettext("Too few members voted: the rule stays as it is.")
    return gettext("The members did not approve it: the rule stays as it is.")


def values_of(terms: Terms) -> dict[str, str]:
    """Terms as a form's values."""
    return {
        name: "" if value is None else str(value).replace(".", ",")
        for name, value in terms.to_json().items()
    }


def weighings() -> list[tuple[str, str]]:
    """The choices of a form."""
    return [(key, gettext(label)) for key, label in WEIGHINGS.items()]
