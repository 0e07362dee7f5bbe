"""A route. With ``opt={"service": "example"}`` it answers members who have the service alone."""

from litestar import get

from arengo_core.plugins.hookspecs import hookimpl


@get("/example/words", media_type="text/plain", opt={"public": True})
async def words() -> str:
    """Always the same words."""
    return "Buongiorno"


@hookimpl
def arengo_routes() -> list[object]:
    return [words]
