"""What the steps of ingest ask the metadata store: which model a name stands for in a project, and which prompt
a name and a version are. Both are kept per project until a revision says that they changed, so a row costs two
dictionary look-ups. Ingest never fails or waits long for it: while the store is down the last known values serve,
and where nothing is known it is as if the project had defined nothing.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from spyglass.core.cost import Model
from spyglass.core.counting import CacheCounts
from spyglass.core.errors import Unavailable
from spyglass.ingest.catalogue import Catalogue
from spyglass.ingest.own_models import ProjectModels
from spyglass.ingest.tokenizer import Tokenizer
from spyglass.stores.meta import Meta, ProjectCache, scoped
from spyglass.stores.meta.tables import ModelDefinition, PromptVersion
from spyglass.stores.meta.tables.revisions import MODELS, PROMPTS

Value = TypeVar("Value")
PromptIds = dict[tuple[str, int], str]

_RETRY_S = 5.0  # while the store is down, the worker waits for it no more often


class Lookups:
    def __init__(self, meta: Meta, catalogue: Catalogue, tokenizer: Tokenizer | None = None) -> None:
        """Without a tokenizer a call that reports no tokens has none."""
        self.catalogue = catalogue
        self.tokenizer = tokenizer
        self._models = _Patient(meta, MODELS, self._load_models, ProjectModels(catalogue))
        self._prompts = _Patient(meta, PROMPTS, _load_prompt_ids, PromptIds())

    def models_of(self, project_id: str) -> ProjectModels:
        """The project's own models before those of the catalogue."""
        return self._models.get(project_id)

    def match_model(self, project_id: str, name: str) -> Model | None:
        """The model that the text `name` stands for in the project."""
        return self._models.get(project_id).match(name)

    def prompt_id(self, project_id: str, name: str, version: int) -> str:
        """The id of a version of a prompt; empty when the project has no such version."""
        return self._prompts.get(project_id).get((name, version), "")

    @property
    def cache_counts(self) -> dict[str, CacheCounts]:
        return {"models": self._models.counts, "prompt_ids": self._prompts.counts}

    def _load_models(self, session: Session, project_id: str) -> ProjectModels:
        return ProjectModels(self.catalogue, session.scalars(scoped(ModelDefinition, project_id)))


def _load_prompt_ids(session: Session, project_id: str) -> PromptIds:
    """All of them: a line of an index each, and a change of a prompt is rare beside the rows that name it."""
    columns = (PromptVersion.name, PromptVersion.version, PromptVersion.id)
    rows = session.execute(scoped(PromptVersion, project_id).with_only_columns(*columns))
    return {(name, version): id_ for name, version, id_ in rows}


class _Patient(Generic[Value]):
    """A cache that has `nothing` to say for a project that it cannot load."""

    def __init__(
        self, meta: Meta, revision: str, load: Callable[[Session, str], Value], nothing: Value
    ) -> None:
        self._cache = ProjectCache(meta, revision, load, retry_s=_RETRY_S)
        self._nothing = nothing
        self.counts = self._cache.counts

    def get(self, project_id: str) -> Value:
        try:
            return self._cache.get(project_id)
        except Unavailable:
            return self._nothing
