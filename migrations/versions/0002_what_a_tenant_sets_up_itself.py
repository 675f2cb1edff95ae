"""what a tenant sets up itself: skills, prompt files, caller IDs, versions' changes, drafted queues

Revision: 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "caller_ids",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False, comment="requested|verified|refused|expired"),
        sa.Column(
            "evidence_name", sa.String(length=200), nullable=False, comment="통신서비스 이용증명원, as it was called"
        ),
        sa.Column(
            "evidence_path", sa.String(length=300), nullable=False, comment="below the evidence directory"
        ),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.String(length=100), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False, comment="why it was refused"),
        sa.Column("expires_on", sa.Date(), nullable=True, comment="last day on which the evidence counts"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_caller_ids_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_ids")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_caller_ids_tenant_id_number")),
    )
    op.create_table(
        "prompt_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column(
            "name", sa.String(length=200), nullable=False, comment="as the file was called by who uploaded it"
        ),
        sa.Column("path", sa.String(length=300), nullable=False, comment="as it was written to; of it the name counts"),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_prompt_files_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_files")),
    )
    op.create_index(op.f("ix_prompt_files_tenant_id"), "prompt_files", ["tenant_id"], unique=False)
    op.create_table(
        "skills",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_skills_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skills")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_skills_tenant_id_name")),
    )
    op.create_table(
        "agent_skills",
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column(
            "level", sa.Integer(), nullable=False, comment="tier in the queues that ask for it, 1 first"
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_agent_skills_agent_id_agents")),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_agent_skills_skill_id_skills")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_agent_skills_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("agent_id", "skill_id", name=op.f("pk_agent_skills")),
    )
    op.create_index(op.f("ix_agent_skills_tenant_id"), "agent_skills", ["tenant_id"], unique=False)

    # Rows that are there already need a value: hence the server's defaults.
    with op.batch_alter_table("ars_versions") as table:
        table.add_column(
            sa.Column(
                "changes", sa.JSON(), nullable=False, server_default="[]",
                comment="how it differs from the version before (app.core.ars_changes)",
            )  # fmt: skip
        )
        table.add_column(
            sa.Column(
                "restored_from", sa.Integer(), nullable=True, comment="id of the version that was brought back"
            )
        )
        table.add_column(
            sa.Column(
                "revision", sa.Integer(), nullable=False, server_default="0",
                comment="counts how often the draft was saved",
            )  # fmt: skip
        )
        table.add_column(sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(
            sa.Column(
                "edited_by", sa.String(length=100), nullable=False, server_default="",
                comment="who saved the draft last",
            )  # fmt: skip
        )
        table.add_column(
            sa.Column(
                "note", sa.String(length=200), nullable=False, server_default="",
                comment="what its publisher wrote about it",
            )  # fmt: skip
        )
    with op.batch_alter_table("queues") as table:
        table.add_column(
            sa.Column(
                "skill_id", sa.Integer(), nullable=True, comment="all agents with this skill belong to the queue, too"
            )
        )
        table.add_column(
            sa.Column(
                "live", sa.Boolean(), nullable=False, server_default=sa.true(),
                comment="false: only a draft's menu leads here so far",
            )  # fmt: skip
        )
        table.add_column(
            sa.Column(
                "retired_at", sa.DateTime(timezone=True), nullable=True,
                comment="no menu leads here any more; who waits already is served on",
            )  # fmt: skip
        )
        table.create_foreign_key(op.f("fk_queues_skill_id_skills"), "skills", ["skill_id"], ["id"])
    for name, equal in (("contact_types", "code"), ("break_reasons", "age")):
        with op.batch_alter_table(name) as table:
            table.add_column(
                sa.Column(
                    "position", sa.Integer(), nullable=False, server_default="0",
                    comment=f"place in the list; equal ones by {equal}",
                )  # fmt: skip
            )
    with op.batch_alter_table("tenants") as table:
        table.add_column(
            sa.Column(
                "integration_url", sa.String(length=500), nullable=False, server_default="",
                comment="연동URL: {number} {agent} {menu} {call} are filled in for each call",
            )  # fmt: skip
        )
        table.add_column(
            sa.Column(
                "allowed_addresses", sa.JSON(), nullable=False, server_default="[]",
                comment="접근관리: networks (CIDR) from which managers may come; empty: any",
            )  # fmt: skip
        )


def downgrade() -> None:
    with op.batch_alter_table("tenants") as table:
        table.drop_column("allowed_addresses")
        table.drop_column("integration_url")
    for name in ("break_reasons", "contact_types"):
        with op.batch_alter_table(name) as table:
            table.drop_column("position")
    with op.batch_alter_table("queues") as table:
        table.drop_constraint(op.f("fk_queues_skill_id_skills"), type_="foreignkey")
        table.drop_column("retired_at")
        table.drop_column("live")
        table.drop_column("skill_id")
    with op.batch_alter_table("ars_versions") as table:
        for column in ("note", "edited_by", "edited_at", "revision", "restored_from"):
            table.drop_column(column)
        table.drop_column("changes")
    op.drop_table("agent_skills")
    op.drop_table("skills")
    op.drop_table("prompt_files")
    op.drop_table("caller_ids")
