"""What can be permitted, and what each role and kind of key may do: the one place where this is said.

A route declares one permission through an alias of `api/callers.py`; a key or a role holds a set of them. The
names and the roles are those that Langfuse has, for organizations and for projects.
"""

from enum import StrEnum


class Role(StrEnum):
    """The higher ones first: each may do what those below it may."""

    OWNER = "OWNER"
    ADMIN = "ADMIN"
    MEMBER = "MEMBER"
    VIEWER = "VIEWER"
    NONE = "NONE"


class Permission(StrEnum):
    # Of keys only.
    INGEST = "ingest"  # write traces and observations
    SCORES_CREATE = "scores:create"  # all that a public key without its secret may do
    INSTANCE_ADMIN = "instance:admin"  # the key of the administrator of this server

    # In an organization.
    PROJECTS_CREATE = "projects:create"
    PROJECTS_TRANSFER_ORG = "projects:transfer_org"
    ORGANIZATION_API_KEYS = "organization:CRUD_apiKeys"
    ORGANIZATION_UPDATE = "organization:update"
    ORGANIZATION_DELETE = "organization:delete"
    ORGANIZATION_MEMBERS_WRITE = "organizationMembers:CUD"
    ORGANIZATION_MEMBERS_READ = "organizationMembers:read"
    AUDIT_LOGS_READ = "auditLogs:read"

    # In a project.
    PROJECT_MEMBERS_READ = "projectMembers:read"
    PROJECT_MEMBERS_WRITE = "projectMembers:CUD"
    API_KEYS_READ = "apiKeys:read"
    API_KEYS_WRITE = "apiKeys:CUD"
    OBJECTS_PUBLISH = "objects:publish"
    OBJECTS_BOOKMARK = "objects:bookmark"
    OBJECTS_TAG = "objects:tag"
    TRACES_DELETE = "traces:delete"
    SCORES_WRITE = "scores:CUD"
    SCORE_CONFIGS_WRITE = "scoreConfigs:CUD"
    SCORE_CONFIGS_READ = "scoreConfigs:read"
    ANNOTATION_QUEUES_READ = "annotationQueues:read"
    ANNOTATION_QUEUES_WRITE = "annotationQueues:CUD"
    ANNOTATION_QUEUE_ASSIGNMENTS_READ = "annotationQueueAssignments:read"
    ANNOTATION_QUEUE_ASSIGNMENTS_WRITE = "annotationQueueAssignments:CUD"
    PROJECT_READ = "project:read"
    PROJECT_UPDATE = "project:update"
    PROJECT_DELETE = "project:delete"
    INTEGRATIONS_WRITE = "integrations:CRUD"
    DATASETS_READ = "datasets:read"
    DATASETS_WRITE = "datasets:CUD"
    PROMPTS_WRITE = "prompts:CUD"
    PROMPTS_READ = "prompts:read"
    PROMPT_PROTECTED_LABELS_WRITE = "promptProtectedLabels:CUD"
    DASHBOARDS_READ = "dashboards:read"
    DASHBOARDS_WRITE = "dashboards:CUD"
    MODELS_WRITE = "models:CUD"
    BATCH_EXPORTS_CREATE = "batchExports:create"
    BATCH_EXPORTS_READ = "batchExports:read"
    EVAL_TEMPLATE_WRITE = "evalTemplate:CUD"
    EVAL_TEMPLATE_READ = "evalTemplate:read"
    EVAL_JOB_READ = "evalJob:read"
    EVAL_JOB_WRITE = "evalJob:CUD"
    EVAL_JOB_EXECUTION_READ = "evalJobExecution:read"
    EVAL_DEFAULT_MODEL_READ = "evalDefaultModel:read"
    EVAL_DEFAULT_MODEL_WRITE = "evalDefaultModel:CUD"
    LLM_API_KEYS_READ = "llmApiKeys:read"
    LLM_API_KEYS_CREATE = "llmApiKeys:create"
    LLM_API_KEYS_UPDATE = "llmApiKeys:update"
    LLM_API_KEYS_DELETE = "llmApiKeys:delete"
    LLM_SCHEMAS_WRITE = "llmSchemas:CUD"
    LLM_SCHEMAS_READ = "llmSchemas:read"
    LLM_TOOLS_WRITE = "llmTools:CUD"
    LLM_TOOLS_READ = "llmTools:read"
    PLAYGROUND_EXECUTE = "playground:execute"
    COMMENTS_WRITE = "comments:CUD"
    COMMENTS_READ = "comments:read"
    PROMPT_EXPERIMENTS_WRITE = "promptExperiments:CUD"
    PROMPT_EXPERIMENTS_READ = "promptExperiments:read"
    TABLE_VIEW_PRESETS_WRITE = "TableViewPresets:CUD"
    TABLE_VIEW_PRESETS_READ = "TableViewPresets:read"
    AUTOMATIONS_WRITE = "automations:CUD"
    AUTOMATIONS_READ = "automations:read"
    ALERTS_READ = "alerts:read"
    ALERTS_WRITE = "alerts:CUD"


_P = Permission

# The least role that has a permission. `AUDIT_LOGS_READ` is in both: of the organization and of a project.
IN_ORGANIZATION: dict[Permission, Role] = {
    _P.PROJECTS_CREATE: Role.ADMIN,
    _P.PROJECTS_TRANSFER_ORG: Role.ADMIN,
    _P.ORGANIZATION_API_KEYS: Role.OWNER,
    _P.ORGANIZATION_UPDATE: Role.ADMIN,
    _P.ORGANIZATION_DELETE: Role.OWNER,
    _P.ORGANIZATION_MEMBERS_WRITE: Role.ADMIN,
    _P.ORGANIZATION_MEMBERS_READ: Role.MEMBER,
    _P.AUDIT_LOGS_READ: Role.ADMIN,
}
IN_PROJECT: dict[Permission, Role] = {
    _P.INGEST: Role.MEMBER,
    _P.SCORES_CREATE: Role.MEMBER,
    _P.PROJECT_MEMBERS_READ: Role.MEMBER,
    _P.PROJECT_MEMBERS_WRITE: Role.ADMIN,
    _P.API_KEYS_READ: Role.MEMBER,
    _P.API_KEYS_WRITE: Role.ADMIN,
    _P.OBJECTS_PUBLISH: Role.MEMBER,
    _P.OBJECTS_BOOKMARK: Role.MEMBER,
    _P.OBJECTS_TAG: Role.MEMBER,
    _P.TRACES_DELETE: Role.ADMIN,
    _P.SCORES_WRITE: Role.MEMBER,
    _P.SCORE_CONFIGS_WRITE: Role.MEMBER,
    _P.SCORE_CONFIGS_READ: Role.VIEWER,
    _P.ANNOTATION_QUEUES_READ: Role.VIEWER,
    _P.ANNOTATION_QUEUES_WRITE: Role.MEMBER,
    _P.ANNOTATION_QUEUE_ASSIGNMENTS_READ: Role.MEMBER,
    _P.ANNOTATION_QUEUE_ASSIGNMENTS_WRITE: Role.ADMIN,
    _P.PROJECT_READ: Role.VIEWER,
    _P.PROJECT_UPDATE: Role.ADMIN,
    _P.PROJECT_DELETE: Role.OWNER,
    _P.INTEGRATIONS_WRITE: Role.ADMIN,
    _P.DATASETS_READ: Role.VIEWER,
    _P.DATASETS_WRITE: Role.MEMBER,
    _P.PROMPTS_WRITE: Role.MEMBER,
    _P.PROMPTS_READ: Role.VIEWER,
    _P.PROMPT_PROTECTED_LABELS_WRITE: Role.ADMIN,
    _P.DASHBOARDS_READ: Role.VIEWER,
    _P.DASHBOARDS_WRITE: Role.MEMBER,
    _P.MODELS_WRITE: Role.ADMIN,
    _P.BATCH_EXPORTS_CREATE: Role.MEMBER,
    _P.BATCH_EXPORTS_READ: Role.MEMBER,
    _P.EVAL_TEMPLATE_WRITE: Role.MEMBER,
    _P.EVAL_TEMPLATE_READ: Role.VIEWER,
    _P.EVAL_JOB_READ: Role.VIEWER,
    _P.EVAL_JOB_WRITE: Role.MEMBER,
    _P.EVAL_JOB_EXECUTION_READ: Role.VIEWER,
    _P.EVAL_DEFAULT_MODEL_READ: Role.VIEWER,
    _P.EVAL_DEFAULT_MODEL_WRITE: Role.MEMBER,
    _P.LLM_API_KEYS_READ: Role.VIEWER,
    _P.LLM_API_KEYS_CREATE: Role.ADMIN,
    _P.LLM_API_KEYS_UPDATE: Role.ADMIN,
    _P.LLM_API_KEYS_DELETE: Role.ADMIN,
    _P.LLM_SCHEMAS_WRITE: Role.MEMBER,
    _P.LLM_SCHEMAS_READ: Role.VIEWER,
    _P.LLM_TOOLS_WRITE: Role.MEMBER,
    _P.LLM_TOOLS_READ: Role.VIEWER,
    _P.PLAYGROUND_EXECUTE: Role.MEMBER,
    _P.COMMENTS_WRITE: Role.MEMBER,
    _P.COMMENTS_READ: Role.VIEWER,
    _P.PROMPT_EXPERIMENTS_WRITE: Role.MEMBER,
    _P.PROMPT_EXPERIMENTS_READ: Role.VIEWER,
    _P.AUDIT_LOGS_READ: Role.ADMIN,
    _P.TABLE_VIEW_PRESETS_WRITE: Role.MEMBER,
    _P.TABLE_VIEW_PRESETS_READ: Role.VIEWER,
    _P.AUTOMATIONS_WRITE: Role.ADMIN,
    _P.AUTOMATIONS_READ: Role.VIEWER,
    _P.ALERTS_READ: Role.VIEWER,
    _P.ALERTS_WRITE: Role.MEMBER,
}

_RANKS: dict[str, int] = {role.value: place for place, role in enumerate(reversed(Role))}


def rank(role: str) -> int:
    """4 for an owner, 0 for nobody. Raises KeyError for a text that is no role."""
    return _RANKS[role]


def may_grant(own: str, granted: str) -> bool:
    """Nobody gives, or takes away, more than they have."""
    return rank(granted) <= rank(own)


def effective_role(in_organization: str, in_project: str | None) -> Role:
    """What counts in a project: the role that somebody was given there, else that in the organization."""
    return Role(in_organization if in_project is None else in_project)


def of_organization_role(role: Role) -> frozenset[Permission]:
    return frozenset(each for each, least in IN_ORGANIZATION.items() if rank(role) >= rank(least))


def of_project_role(role: Role) -> frozenset[Permission]:
    return frozenset(each for each, least in IN_PROJECT.items() if rank(role) >= rank(least))


# What concerns a project as a whole, not the data in it.
OF_THE_WHOLE = frozenset(
    {
        _P.PROJECT_MEMBERS_READ,
        _P.PROJECT_MEMBERS_WRITE,
        _P.API_KEYS_READ,
        _P.API_KEYS_WRITE,
        _P.PROJECT_UPDATE,
        _P.PROJECT_DELETE,
        _P.INTEGRATIONS_WRITE,
        _P.PROMPT_PROTECTED_LABELS_WRITE,
    }
)
# The key of a project does what its SDKs and scripts need. It is made by an administrator, and administers
# the data of its project, not the project: no members, keys, integrations or deletion of the whole.
PROJECT_KEY = of_project_role(Role.OWNER) - OF_THE_WHOLE
PUBLIC_KEY = frozenset({_P.SCORES_CREATE})
# The key of an organization administers: the organization itself and the settings of its projects.
ORGANIZATION_KEY = of_organization_role(Role.OWNER) | OF_THE_WHOLE
ADMIN_KEY = frozenset({_P.INSTANCE_ADMIN})
