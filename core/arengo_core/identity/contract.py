"""The contract of identity providers: others that say who somebody is.

A plugin brings one by the hook ``arengo_providers``; the installation configures it under
``identity_providers`` (:class:`arengo_core.identity.provider_settings.ProviderSettings`). OpenID
Connect comes with core, by the same contract.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from arengo_core.errors import UnauthenticatedError

LARGEST_KEPT = 2_000
"""Characters that what a provider has kept may have: it travels in a cookie."""


class NotProvedError(UnauthenticatedError):
    """What came back proves nobody: refused by the person, forged, too old, of another journey."""

    code = "NOT_PROVED"


@dataclass(frozen=True, slots=True)
class Journey:
    """One way to a provider and back.

    ``state`` is unguessable, 43 characters of base64url, and used once; the browser is to come
    back to ``return_url``; ``locale`` is ``it`` or ``en``.
    """

    state: str
    return_url: str
    locale: str


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and what :meth:`IdentityProvider.finish` needs again.

    ``kept`` stays encrypted in a cookie of the browser that left: whoever has another browser's
    answer has not what belongs to it.
    """

    url: str
    kept: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Identified:
    """Who came back. An account is found by ``issuer`` and ``subject``, never by the rest.

    ``level`` is what the provider calls its assurance (``acr``); ``two_factors``: it checked two,
    so that Arengo's own second step is not asked for.
    """

    issuer: str
    subject: str
    name: str = ""
    email: str = ""
    tax_code: str = ""
    level: str = ""
    two_factors: bool = False


class IdentityProvider(Protocol):
    """Somebody else who says who a person is.

    Both methods may call the outside. They raise NotProvedError when it is told, or can be seen,
    that this is nobody, UnavailableError when the provider does not answer in time, and nothing
    else. What they say is shown to people: no text that the other side sent.
    """

    async def begin(self, journey: Journey) -> Departure:
        """The address that the browser goes to."""
        ...

    async def finish(
        self, journey: Journey, kept: Mapping[str, str], answer: Mapping[str, str]
    ) -> Identified:
        """Who it was, from the parameters with which the browser came back.

        They come from anybody: check that they are the provider's, of this journey and now.
        """
        ...
