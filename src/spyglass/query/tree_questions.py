"""A question about the rows of an entity: whose, of which time, under which filter tree."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from spyglass.core.filter_tree import Node
from spyglass.query.entities import Bounds, Entity
from spyglass.query.trees import Compiler, CountComments
from spyglass.stores.analytics import Analytics, Ticket
from spyglass.stores.analytics.sql import Sql


@dataclass(frozen=True, slots=True)
class Question:
    """`ticket` lets whoever asked end its reads."""

    analytics: Analytics
    entity: Entity
    project_id: str
    bounds: Bounds
    tree: Node
    comments: CountComments
    ticket: Ticket | None = None

    def within(self, bounds: Bounds) -> "Question":
        """The same of another stretch of time."""
        return replace(self, bounds=bounds)

    def filtered(self, tree: Node) -> "Question":
        return replace(self, tree=tree)

    def select(self, what: Sql | str, where: Iterable[Sql] = (), tail: Sql | str = "") -> Sql:
        condition = Compiler(self.entity, self.project_id, self.bounds, self.comments).compile(self.tree)
        return self.entity.select(self.project_id, self.bounds, what, [condition, *where], tail)

    def ask(
        self,
        what: Sql | str,
        where: Iterable[Sql] = (),
        tail: Sql | str = "",
        settings: dict[str, Any] | None = None,
    ) -> list[tuple[Any, ...]]:
        return self.read(self.select(what, where, tail), settings)

    def read(self, question: Sql, settings: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        return self.analytics.query(question, settings=settings, ticket=self.ticket)
