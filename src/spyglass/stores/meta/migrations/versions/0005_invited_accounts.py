"""Invitations to an account, owners of snapshots."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("invitations") as table:
        table.add_column(sa.Column("user_id", sa.String(), nullable=True))
        table.create_foreign_key(
            op.f("fk_invitations_user_id"), "users", ["user_id"], ["id"], ondelete="CASCADE"
        )
        table.create_index(op.f("ix_invitations_user_id"), ["user_id"])
    op.add_column("snapshots", sa.Column("owner_id", sa.String(), nullable=False, server_default=""))
    op.create_index(
        "ix_snapshots_project_id_owner_id_created_at", "snapshots", ["project_id", "owner_id", "created_at"]
    )
