"""The tables of the metadata store, one file per noun. Importing this package registers all of them."""

from spyglass.stores.meta.tables.api_keys import ApiKey
from spyglass.stores.meta.tables.columns import Table
from spyglass.stores.meta.tables.facts import Fact
from spyglass.stores.meta.tables.jobs import Job
from spyglass.stores.meta.tables.memberships import OrganizationMembership, ProjectMembership
from spyglass.stores.meta.tables.organizations import Organization
from spyglass.stores.meta.tables.projects import Project
from spyglass.stores.meta.tables.revisions import Revision
from spyglass.stores.meta.tables.users import User

__all__ = [
    "ApiKey",
    "Fact",
    "Job",
    "Organization",
    "OrganizationMembership",
    "Project",
    "ProjectMembership",
    "Revision",
    "Table",
    "User",
]
