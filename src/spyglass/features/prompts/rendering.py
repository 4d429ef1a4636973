"""Rows of prompts -> the published shape."""

from typing import Any

from spyglass.core.clock import iso_ms, to_us
from spyglass.features.prompts.composition import Resolved
from spyglass.stores.meta.prompts import PRODUCTION
from spyglass.stores.meta.tables import Prompt, PromptVersion


def render_prompt(
    prompt: Prompt, row: PromptVersion, labels: list[str], resolved: Resolved | None = None
) -> dict[str, Any]:
    """One version; its content as it is stored unless `resolved` is given."""
    return {
        "id": row.id,
        "projectId": row.project_id,
        "name": row.name,
        "version": row.version,
        "type": prompt.type,
        "prompt": resolved.content if resolved else row.prompt,
        "config": {} if row.config is None else row.config,
        "labels": labels,
        "tags": prompt.tags,
        "isActive": PRODUCTION in labels,
        "commitMessage": row.commit_message,
        "resolutionGraph": resolved.graph if resolved else None,
        "createdBy": row.created_by,
        "createdAt": iso_ms(to_us(row.created_at)),
        "updatedAt": iso_ms(to_us(row.updated_at)),
    }
