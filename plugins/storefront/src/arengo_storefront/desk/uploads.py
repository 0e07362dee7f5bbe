"""A photo out of a posted form."""

from __future__ import annotations

from arengo_core.errors import InvalidInputError
from arengo_core.web.forms import Form
from arengo_storefront.media import images


async def photo_of(form: Form, field: str) -> images.Prepared:
    """The uploaded photo, checked and re-encoded before any transaction begins."""
    uploads = form.files.get(field, [])
    if not uploads:
        raise InvalidInputError("Choose a photo.", field=field)
    return await images.prepare(await uploads[0].read(), field)
