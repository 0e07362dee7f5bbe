"""Limits of one operation: depth and aliases. Built once, so that the validation cache works."""

from __future__ import annotations

from functools import lru_cache

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)
from graphql.validation import ValidationContext, ValidationRule

_MAX_ALIASES = 60
_MAX_SELECTIONS = 5_000
# What the introspection query of GraphiQL and of code generators needs.
_INTROSPECTION_DEPTH = 15


def _introspects(node: OperationDefinitionNode) -> bool:
    """Whether the operation asks for the schema and nothing else."""
    return all(
        isinstance(field, FieldNode) and field.name.value in {"__schema", "__type", "__typename"}
        for field in node.selection_set.selections
    )


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

        def enter_operation_definition(self, node: OperationDefinitionNode, *_: object) -> None:
            depth = self._depth(node.selection_set, frozenset())
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

        def _depth(self, selection: SelectionSetNode | None, within: frozenset[str]) -> int:
            if selection is None or self._seen > _MAX_SELECTIONS:
                return 0
            deepest = 0
            for node in selection.selections:
                self._seen += 1
                if isinstance(node, FieldNode):
                    self._aliases += node.alias is not None
                    deepest = max(deepest, 1 + self._depth(node.selection_set, within))
                elif isinstance(node, InlineFragmentNode):
                    deepest = max(deepest, self._depth(node.selection_set, within))
                elif isinstance(node, FragmentSpreadNode):
                    name = node.name.value
                    fragment = self._fragments.get(name)
                    if fragment is not None and name not in within:
                        deepest = max(deepest, self._depth(fragment.selection_set, within | {name}))
            return deepest

    return Limits
