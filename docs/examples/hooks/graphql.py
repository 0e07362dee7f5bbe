"""A field of the root, and one on core's type ``Organization``."""

import strawberry

from arengo_core.plugins.contributions import FieldExtension, GraphqlContribution
from arengo_core.plugins.hookspecs import hookimpl


@strawberry.type
class ExampleQuery:
    """Joins the one schema's queries."""

    @strawberry.field(description="Always the same words.")
    def example_words(self) -> str:
        """For everybody; with ``metadata=only_with(service)`` for members who have it."""
        return "Buongiorno"


async def greeting(root: object) -> str:
    """A greeting of the organization."""
    return f"Buongiorno, {getattr(root, 'name', '')}"


@hookimpl
def arengo_graphql() -> GraphqlContribution:
    return GraphqlContribution(
        queries=(ExampleQuery,),
        extensions=(FieldExtension("Organization", "greeting", greeting, "A greeting."),),
    )
