"""The tables of the metadata store, one file per noun. Importing this package registers all of them."""

from spyglass.stores.meta.tables.annotation_queues import (
    AnnotationQueue,
    AnnotationQueueAssignment,
    AnnotationQueueItem,
)
from spyglass.stores.meta.tables.api_keys import ApiKey
from spyglass.stores.meta.tables.audit_logs import AuditLog
from spyglass.stores.meta.tables.blob_storage_integrations import BlobStorageIntegration
from spyglass.stores.meta.tables.columns import Table
from spyglass.stores.meta.tables.comments import Comment
from spyglass.stores.meta.tables.datasets import Dataset, DatasetItem, DatasetRun, DatasetRunItem
from spyglass.stores.meta.tables.erasures import Erasure
from spyglass.stores.meta.tables.facts import Fact
from spyglass.stores.meta.tables.invitations import Invitation
from spyglass.stores.meta.tables.jobs import Job
from spyglass.stores.meta.tables.llm_connections import LlmConnection
from spyglass.stores.meta.tables.media import Media, MediaLink
from spyglass.stores.meta.tables.memberships import OrganizationMembership, ProjectMembership
from spyglass.stores.meta.tables.models import ModelDefinition
from spyglass.stores.meta.tables.organizations import Organization
from spyglass.stores.meta.tables.projects import Project
from spyglass.stores.meta.tables.prompts import (
    Prompt,
    PromptDependency,
    PromptLabel,
    PromptVersion,
    ProtectedLabel,
)
from spyglass.stores.meta.tables.rejections import Rejection
from spyglass.stores.meta.tables.revisions import Revision
from spyglass.stores.meta.tables.saved_views import DefaultView, SavedView, Snapshot
from spyglass.stores.meta.tables.score_configs import ScoreConfig
from spyglass.stores.meta.tables.sign_in import OidcIdentity, PasswordReset, SignInFailure, UserSession
from spyglass.stores.meta.tables.users import User

__all__ = [
    "AnnotationQueue",
    "AnnotationQueueAssignment",
    "AnnotationQueueItem",
    "ApiKey",
    "AuditLog",
    "BlobStorageIntegration",
    "Comment",
    "Dataset",
    "DatasetItem",
    "DatasetRun",
    "DatasetRunItem",
    "DefaultView",
    "Erasure",
    "Fact",
    "Invitation",
    "Job",
    "LlmConnection",
    "Media",
    "MediaLink",
    "ModelDefinition",
    "OidcIdentity",
    "Organization",
    "OrganizationMembership",
    "PasswordReset",
    "Project",
    "ProjectMembership",
    "Prompt",
    "PromptDependency",
    "PromptLabel",
    "PromptVersion",
    "ProtectedLabel",
    "Rejection",
    "Revision",
    "SavedView",
    "ScoreConfig",
    "SignInFailure",
    "Snapshot",
    "Table",
    "User",
    "UserSession",
]
