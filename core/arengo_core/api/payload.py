"""Mutation payloads: the object, and the user's errors with field and code."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar, cast

import strawberry
from strawberry.types import Info

from arengo_core.api.context import ApiContext
from arengo_core.errors import ArengoError, SettingsError, UnavailableError
from arengo_core.i18n import error_text
from arengo_core.limits.requests import count_sign_in

P = ParamSpec("P")
PayloadT = TypeVar("PayloadT", bound="Payload")


@strawberry.type(description="Something that the caller can mend.")
class UserError:
    """An error of the request, not of the program."""

    code: str
    message: str
    field: str | None = None


@strawberry.type
class Payload:
    """Base of mutation payloads. Object fields of subclasses default to None."""

    user_errors: list[UserError] = strawberry.field(default_factory=list[UserError])


def _camel(name: str | None) -> str | None:
    if name is None:
        return None
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _context_of(args: tuple[object, ...], kwargs: dict[str, Any]) -> ApiContext:
    """The context in a resolver's ``info``, however it is handed over."""
    (info,) = [value for value in (*args, *kwargs.values()) if isinstance(value, Info)]
    return cast(ApiContext, info.context)


def answers(
    payload: type[PayloadT], *, signs_in: bool = False
) -> Callable[[Callable[P, Awaitable[PayloadT]]], Callable[P, Awaitable[PayloadT]]]:
    """Turn ArengoErrors of a mutation resolver into the payload's ``userErrors``.

    Put it under ``@strawberry.mutation``: a token that may only read is refused before the
    resolver begins. ``signs_in``: secrets are tried by it, or letters asked for, so it is counted
    by address as forms that do so are. Faults of ours stay GraphQL errors.
    """

    def decorate(resolve: Callable[P, Awaitable[PayloadT]]) -> Callable[P, Awaitable[PayloadT]]:
        @functools.wraps(resolve)
        async def answer(*args: P.args, **kwargs: P.kwargs) -> PayloadT:
            try:
                context = _context_of(args, kwargs)
                context.caller.require_writing()
                if signs_in:
                    await count_sign_in(context.request)
                return await resolve(*args, **kwargs)
            except (SettingsError, UnavailableError):
                raise
            except ArengoError as error:
                mistake = UserError(
                    code=error.code, message=error_text(error), field=_camel(error.field)
                )
                made: Any = payload(user_errors=[mistake])
                return made

        return answer

    return decorate
