"""The office's page of categories: the tree that all shops of the market use."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import acting_for, page
from arengo_storefront.catalogue import categories
from arengo_storefront.catalogue.categories import CategoryDetails
from arengo_storefront.catalogue.errors import NoCategoryError
from arengo_storefront.catalogue.repository import products as repository
from arengo_storefront.permissions import CATEGORIES

_PATH = "/office/categories"


def _consortium_of(caller: Caller) -> UUID:
    consortium_id = acting_for(caller)
    caller.require(consortium_id, CATEGORIES)
    return consortium_id


async def _show(
    request: ArengoRequest, host: Host, caller: Caller, category_id: UUID | None, form: Form | None
) -> Response[str]:
    consortium_id = _consortium_of(caller)
    async with host.unit_of_work(caller, read_only=True) as uow:
        tree = await repository.category_tree(uow.session, consortium_id)
        branch = tree.get(category_id) if category_id else None
        if category_id and branch is None:
            raise NoCategoryError
        values = (
            {
                "name_it": branch.name_it,
                "name_en": branch.name_en,
                "parent_id": str(branch.parent_id or ""),
                "position": str(branch.position),
            }
            if branch
            else {"position": str(len(tree.branches))}
        )
        return await page(
            request,
            uow,
            "storefront/office/categories.html",
            face="office",
            status=400 if form and form.errors else 200,
            tree=tree,
            branch=branch,
            values=dict(form.fields) if form else values,
            errors=form.errors if form else {},
        )


@get(_PATH, name="office-categories")
async def categories_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[str]:
    """The tree of categories, and the form for a new one."""
    return await _show(request, host, caller, None, None)


@get(_PATH + "/{category_id:uuid}", name="office-category")
async def category_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, category_id: FromPath[UUID]
) -> Response[str]:
    """One category, to change it."""
    return await _show(request, host, caller, category_id, None)


def _details(form: Form) -> CategoryDetails:
    return CategoryDetails(
        name_it=form["name_it"],
        name_en=form["name_en"],
        parent_id=form.uuid("parent_id") if form["parent_id"] else None,
        position=form.integer("position", maximum=10_000) if form["position"] else 0,
    )


async def _save(
    request: ArengoRequest, host: Host, caller: Caller, category_id: UUID | None
) -> Response[Any] | Redirect:
    consortium_id = _consortium_of(caller)
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await categories.save_category(
                uow,
                consortium_id=consortium_id,
                details=_details(form),
                category_id=category_id,
            )
    except ArengoError as error:
        form.refuse(error)
        return await _show(request, host, caller, category_id, form)
    return redirect(request, _PATH, Flash("success", gettext("The category is saved.")))


@post(_PATH, name="office-category-add", opt={"mutation": "saveCategory"}, status_code=303)
async def add_category(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Add a category."""
    return await _save(request, host, caller, None)


@post(
    _PATH + "/{category_id:uuid}",
    name="office-category-save",
    opt={"mutation": "saveCategory"},
    status_code=303,
)
async def save_category(
    request: ArengoRequest, host: FromHost, caller: FromCaller, category_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Change a category."""
    return await _save(request, host, caller, category_id)


@post(
    _PATH + "/{category_id:uuid}/remove",
    name="office-category-remove",
    opt={"mutation": "removeCategory"},
    status_code=303,
)
async def remove_category(
    request: ArengoRequest, host: FromHost, caller: FromCaller, category_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Take an empty category away."""
    consortium_id = _consortium_of(caller)
    try:
        async with host.unit_of_work(caller) as uow:
            await categories.remove_category(
                uow, consortium_id=consortium_id, category_id=category_id
            )
    except ArengoError as error:
        form = Form({})
        form.refuse(error)
        return await _show(request, host, caller, category_id, form)
    return redirect(request, _PATH, Flash("success", gettext("The category is removed.")))


ROUTES: list[Any] = [
    categories_page,
    category_page,
    add_category,
    save_category,
    remove_category,
]
