"""The skeleton of a trace, and parts of one that is too large for one answer."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select

from spyglass.api.state import AppState
from spyglass.core.clock import to_us
from spyglass.features.trace_view.heads import find_trace
from spyglass.query import skeleton
from spyglass.query.branches import Branches
from spyglass.query.trace_marks import list_scored
from spyglass.stores.analytics import Ticket
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import Comment

Answer = dict[str, Any]


class SkeletonAsked:
    """A skeleton that was asked for: `etag` tells cheaply whether it is still what the asker has."""

    def __init__(
        self,
        state: AppState,
        project_id: str,
        trace_id: str,
        near_us: int | None,
        *,
        comments: bool = True,
    ) -> None:
        """`comments`: mark the observations that have some. Raises `NotFound`."""
        self._state = state
        self._trace = find_trace(state, project_id, trace_id, near_us)
        self._scored, version = list_scored(state.stores.analytics, project_id, trace_id)
        self._extent = skeleton.read_extent(state.stores.analytics, self._trace)
        self._version = max(self._extent.version, version)
        self._commented, known = self._read_commented(project_id) if comments else (set(), "0")
        scores = sum(self._scored.values())
        self.etag = f'"{self._version}-{self._extent.count}-{scores}-{known}"'

    def _read_commented(self, project_id: str) -> tuple[set[str], str]:
        """The ids of commented observations, and what tells whether they are still the same."""
        with self._state.stores.meta.read() as session:
            about = scoped(Comment, project_id).where(Comment.object_type == "OBSERVATION").subquery()
            count, latest = session.execute(select(func.count(), func.max(about.c.created_at))).one()
            ids = set(session.scalars(select(about.c.object_id))) if count else set()
        return ids, f"{count}-{to_us(latest)}" if latest is not None else "0"

    def read(self, since: int | None, ticket: Ticket) -> Answer:
        """What changed after `since`; when None everything, or of a trace too large for one answer the top levels."""
        if since is None and self._extent.count > skeleton.MOST:
            return self._told(self._branches(ticket).read_top(self._marks()))
        changed = {id_ for id_, version in self._scored.items() if since is None or version > since}
        found = skeleton.read_skeleton(
            self._state.stores.analytics,
            self._trace,
            self._extent,
            self._marks(changed),
            since=since,
            guard=self._state.costs.double_counting_guard,
            ticket=ticket,
        )
        return self._told(found)

    def read_below(self, span_id: str, ticket: Ticket) -> Answer:
        """What lies below an observation. Raises `NotFound`."""
        return self._told(self._branches(ticket).read_below(span_id, self._marks()))

    def read_path(self, span_id: str, ticket: Ticket) -> Answer:
        """An observation and those above it. Raises `NotFound`."""
        return self._told(self._branches(ticket).read_path(span_id, self._marks()))

    def _told(self, found: Answer) -> Answer:
        return {**found, "cursor": str(self._version)}

    def _marks(self, changed: Collection[str] = ()) -> skeleton.Marks:
        return skeleton.Marks(self._scored, self._commented, changed)

    def _branches(self, ticket: Ticket) -> Branches:
        guard = self._state.costs.double_counting_guard
        return Branches(self._state.stores.analytics, self._trace, self._extent, guard=guard, ticket=ticket)
