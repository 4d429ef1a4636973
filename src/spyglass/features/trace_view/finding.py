"""Which observations of a trace hold a text in what went in or came out."""

from typing import Any

from spyglass.api.state import AppState
from spyglass.features.trace_view.heads import find_trace
from spyglass.query.trace_texts import MOST_FOUND, count_offloaded, list_holding
from spyglass.stores.analytics import Ticket


class Finding:
    """One search. Raises `NotFound` when it is read and the trace is not there."""

    def __init__(
        self, state: AppState, project_id: str, trace_id: str, near_us: int | None, text: str
    ) -> None:
        self._state, self._project_id, self._trace_id = state, project_id, trace_id
        self._near_us, self._text = near_us, text

    def read(self, ticket: Ticket) -> dict[str, Any]:
        analytics = self._state.stores.analytics
        trace = find_trace(self._state, self._project_id, self._trace_id, self._near_us)
        ids = list_holding(analytics, trace, self._text, ticket=ticket)
        return {
            "ids": ids[:MOST_FOUND],
            "more": len(ids) > MOST_FOUND,
            "unread": count_offloaded(analytics, trace, ticket=ticket),
        }
