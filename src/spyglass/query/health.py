"""What the health endpoint asks: the one read that is not about a project. It sees no content."""

from spyglass.query.views import instant
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import sql


def has_events_since(analytics: Analytics, since_us: int) -> bool:
    """Whether any observation or trace of any project starts at or after this instant."""
    newest = (
        sql("SELECT 1 FROM observations WHERE start_time >= {} LIMIT 1", instant(since_us)),
        sql("SELECT 1 FROM traces WHERE timestamp >= {} LIMIT 1", instant(since_us)),
    )
    return any(analytics.query(question) for question in newest)
