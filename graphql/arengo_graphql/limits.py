"""Limits of one operation: depth, aliases, cost. Built once, so that the validation cache works."""

from __future__ import annotations

from functools import lru_cache

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)
from graphql.validation import ValidationContext, ValidationRule

from arengo_core.api.connection import DEFAULT_PAGE, PAGE_LIMIT

_MAX_ALIASES = 60
_MAX_SELECTIONS = 5_000
MAX_COST = 60_000
"""Values that an operation may ask for: each field counts once for each row that it is of."""

_LIST = 10  # rows of a list that has no pages, as they are reckoned
# What the introspection query of GraphiQL and of code generators needs.
_INTROSPECTION_DEPTH = 15


def _introspects(node: OperationDefinitionNode) -> bool:
    """Whether the operation asks for the schema and nothing else."""
    return all(
        isinstance(field, FieldNode) and field.name.value in {"__schema", "__type", "__typename"}
        for field in node.selection_set.selections
    )


def _page(node: FieldNode, field: GraphQLField | None) -> int | None:
    """The rows that a field with pages is asked for; a variable may hold the most."""
    if field is None or "first" not in field.args:
        return None
    given = [argument.value for argument in node.arguments or () if argument.name.value == "first"]
    if not given:
        return DEFAULT_PAGE
    value = given[0]
    return min(int(value.value), PAGE_LIMIT) if isinstance(value, IntValueNode) else PAGE_LIMIT


@lru_cache(maxsize=8)
def limits_rule(max_depth: int) -> type[ValidationRule]:
    """The rule for a depth; one class a depth, which keys the validation cache."""

    class Limits(ValidationRule):
        """Refuses operations that nest, repeat or rename too much.

        Introspection, asked alone, has a depth of its own: types of types nest by nature.
        """

        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            self._fragments = {
                node.name.value: node
                for node in context.document.definitions
                if isinstance(node, FragmentDefinitionNode)
            }
            self._aliases = 0
            self._seen = 0
            self._cost = 0

        def enter_operation_definition(self, node: OperationDefinitionNode, *_: object) -> None:
            root = self.context.schema.get_root_type(node.operation)
            depth = self._walk(node.selection_set, root, 1, None, frozenset())
            limit = _INTROSPECTION_DEPTH if _introspects(node) else max_depth
            if depth > limit:
                self.report_error(
                    GraphQLError(f"The operation nests {depth} deep: {limit} is possible.")
                )
            if self._aliases > _MAX_ALIASES:
                self.report_error(
                    GraphQLError(f"{self._aliases} aliases: {_MAX_ALIASES} are possible.")
                )
            if self._seen > _MAX_SELECTIONS:
                self.report_error(
                    GraphQLError(f"More than {_MAX_SELECTIONS} selections with all fragments.")
                )
            elif self._cost > MAX_COST:
                self.report_error(
                    GraphQLError(
                        f"It may answer {self._cost} values: {MAX_COST} are possible."
                        " Ask for fewer rows (first) or fields."
                    )
                )

        def _walk(
            self,
            selection: SelectionSetNode | None,
            kind: GraphQLNamedType | None,
            times: int,
            page: int | None,
            within: frozenset[str],
        ) -> int:
            """Depth of a selection on a type, met so many times; ``page``: rows of its lists."""
            if selection is None or self._seen > _MAX_SELECTIONS:
                return 0
            deepest = 0
            for node in selection.selections:
                self._seen += 1
                if isinstance(node, FieldNode):
                    self._aliases += node.alias is not None
                    self._cost += times
                    field = getattr(kind, "fields", {}).get(node.name.value)
                    inner = get_named_type(field.type) if field else None
                    own = _page(node, field)
                    is_list = field and is_list_type(get_nullable_type(field.type))
                    rows = (own or page or _LIST) if is_list else 1
                    below = self._walk(node.selection_set, inner, times * rows, own, within)
                    deepest = max(deepest, 1 + below)
                elif isinstance(node, InlineFragmentNode):
                    on = node.type_condition
                    narrowed = self.context.schema.get_type(on.name.value) if on else kind
                    below = self._walk(node.selection_set, narrowed, times, page, within)
                    deepest = max(deepest, below)
                elif isinstance(node, FragmentSpreadNode):
                    name = node.name.value
                    fragment = self._fragments.get(name)
                    if fragment is not None and name not in within:
                        on = self.context.schema.get_type(fragment.type_condition.name.value)
                        below = self._walk(fragment.selection_set, on, times, page, within | {name})
                        deepest = max(deepest, below)
            return deepest

    return Limits
