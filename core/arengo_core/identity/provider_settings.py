"""What the installation says of each identity provider that it lets people sign in by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class ProviderSettings(BaseModel):
    """One provider: how it is called, and what its kind needs to know.

    The settings of the kind stand beside these; the kind itself checks them at start.
    """

    model_config = ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True)

    kind: str = "oidc"
    label_it: str = Field(min_length=1, max_length=60)
    label_en: str = Field(min_length=1, max_length=60)

    @property
    def options(self) -> dict[str, Any]:
        """The settings of the kind."""
        return dict(self.model_extra or {})

    def label(self, locale: str) -> str:
        """What the button says."""
        return self.label_it if locale == "it" else self.label_en

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        # Secrets are among the rest.
        return [("kind", self.kind), ("label_en", self.label_en)]
