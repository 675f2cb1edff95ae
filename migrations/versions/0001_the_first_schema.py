"""the first schema

Revision: 0001, the beginning.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "callbacks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("callback_key", sa.String(length=80), nullable=False, comment="callback_id of the journal"),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=True),
        sa.Column("caller", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False, comment="number to call"),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False, comment="pending|done|deleted"),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_call_id", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
        sa.UniqueConstraint("callback_key", name=op.f("uq_callbacks_callback_key")),
    )
    op.create_index("ix_callbacks_tenant_at", "callbacks", ["tenant_id", "requested_at"], unique=False)

    op.create_table(
        "calls",
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=10), nullable=False, comment="inbound|outbound|internal"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "answered_at", sa.DateTime(timezone=True), nullable=True, comment="first talk with a person"
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("did", sa.String(length=24), nullable=False),
        sa.Column(
            "number", sa.String(length=40), nullable=False, comment="the customer's, or the extension's"
        ),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=True, comment="last queue"),
        sa.Column("menu", sa.String(length=20), nullable=False, comment="digits chosen"),
        sa.Column("agent_id", sa.Integer(), nullable=True, comment="first agent who talked (or dialled)"),
        sa.Column("talk_seconds", sa.Float(), nullable=False),
        sa.Column("hold_seconds", sa.Float(), nullable=False),
        sa.Column("wait_seconds", sa.Float(), nullable=False),
        sa.Column("billed_seconds", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=30), nullable=False, comment="호종료상세사유, a code"),
        sa.Column("cause", sa.String(length=60), nullable=False, comment="FreeSWITCH's hangup cause"),
        sa.Column("ended_by", sa.String(length=10), nullable=False),
        sa.Column("callback", sa.Boolean(), nullable=False),
        sa.Column(
            "recording", sa.String(length=200), nullable=False, comment="path under the recordings directory"
        ),
        sa.Column("recording_seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_calls")),
    )
    op.create_index("ix_calls_tenant_number", "calls", ["tenant_id", "number"], unique=False)
    op.create_index("ix_calls_tenant_started", "calls", ["tenant_id", "started_at"], unique=False)

    op.create_table(
        "ingested",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_ingested")),
    )
    op.create_table(
        "journal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sa.UniqueConstraint("event_id", name=op.f("uq_journal_event_id")),
    )
    op.create_index(op.f("ix_journal_call_id"), "journal", ["call_id"], unique=False)
    op.create_index("ix_journal_tenant_at", "journal", ["tenant_id", "at"], unique=False)

    op.create_table(
        "offers",
        sa.Column("offer_id", sa.String(length=64), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("visit_id", sa.String(length=80), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=True),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("cause", sa.String(length=60), nullable=False),
        sa.Column("ring_seconds", sa.Float(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_offers")),
    )
    op.create_index(op.f("ix_offers_call_id"), "offers", ["call_id"], unique=False)
    op.create_index("ix_offers_tenant_made", "offers", ["tenant_id", "made_at"], unique=False)

    op.create_table(
        "queue_visits",
        sa.Column("visit_id", sa.String(length=80), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=12), nullable=False, comment="direct|queue|centre|extension"),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("wait_seconds", sa.Float(), nullable=False),
        sa.Column(
            "talk_seconds", sa.Float(), nullable=False, comment="talk of the agent who answered this visit"
        ),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_queue_visits")),
    )
    op.create_index(op.f("ix_queue_visits_call_id"), "queue_visits", ["call_id"], unique=False)
    op.create_index("ix_visits_tenant_entered", "queue_visits", ["tenant_id", "entered_at"], unique=False)

    op.create_table(
        "status_intervals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_intervals")),
        sa.UniqueConstraint(
            "tenant_id",
            "agent_id",
            "started_at",
            name=op.f("uq_status_intervals_tenant_id_agent_id_started_at"),
        ),
    )
    op.create_index("ix_status_tenant_started", "status_intervals", ["tenant_id", "started_at"], unique=False)

    op.create_table(
        "talks",
        sa.Column("talk_id", sa.String(length=64), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=True),
        sa.Column("visit_id", sa.String(length=80), nullable=False),
        sa.Column(
            "direction",
            sa.String(length=10),
            nullable=False,
            comment="inbound|outbound|internal|consult|transfer",
        ),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("talk_seconds", sa.Float(), nullable=False),
        sa.Column("hold_seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("talk_id", name=op.f("pk_talks")),
    )
    op.create_index(op.f("ix_talks_call_id"), "talks", ["call_id"], unique=False)
    op.create_index("ix_talks_tenant_started", "talks", ["tenant_id", "started_at"], unique=False)

    op.create_table(
        "tenants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "service_name",
            sa.String(length=40),
            nullable=False,
            comment="서비스명: part of agents' logins, fixed",
        ),
        sa.Column("organisation", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column(
            "state", sa.String(length=20), nullable=False, comment="requested|verifying|contract|terminated"
        ),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("licences", sa.Integer(), nullable=False),
        sa.Column("caller_id", sa.String(length=20), nullable=False, comment="verified, shown to customers"),
        sa.Column("service_level_seconds", sa.Integer(), nullable=False, comment="T"),
        sa.Column("short_abandon_seconds", sa.Integer(), nullable=False, comment="A 인정시간"),
        sa.Column("recall_seconds", sa.Integer(), nullable=False),
        sa.Column("misses_before_break", sa.Integer(), nullable=False),
        sa.Column("status_after_login", sa.String(length=20), nullable=False),
        sa.Column("status_after_call", sa.String(length=20), nullable=False),
        sa.Column("recording", sa.Boolean(), nullable=False),
        sa.Column("international_allowed", sa.Boolean(), nullable=False),
        sa.Column("response_target", sa.Integer(), nullable=False, comment="응대율 목표 %"),
        sa.Column("service_level_target", sa.Integer(), nullable=False, comment="SL 목표 %"),
        sa.Column("version", sa.Integer(), nullable=False, comment="counts publications"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
        sa.UniqueConstraint("service_name", name=op.f("uq_tenants_service_name")),
    )
    op.create_table(
        "wrap_ups",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("contact_type_id", sa.Integer(), nullable=True),
        sa.Column("inquiry", sa.Text(), nullable=False, comment="문의, 1,024 characters at most"),
        sa.Column("action", sa.Text(), nullable=False, comment="조치, 1,024 characters at most"),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrap_ups")),
        sa.UniqueConstraint(
            "tenant_id", "call_id", "agent_id", name=op.f("uq_wrap_ups_tenant_id_call_id_agent_id")
        ),
    )
    op.create_table(
        "agent_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_agent_groups_tenant_id_tenants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_groups")),
    )
    op.create_index(op.f("ix_agent_groups_tenant_id"), "agent_groups", ["tenant_id"], unique=False)

    op.create_table(
        "ars_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False, comment="draft|live|past"),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_ars_versions_tenant_id_tenants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ars_versions")),
    )
    op.create_index(op.f("ix_ars_versions_tenant_id"), "ars_versions", ["tenant_id"], unique=False)

    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False, comment="구분"),
        sa.Column(
            "action",
            sa.String(length=40),
            nullable=False,
            comment="작업: view|listen|download|change|login …",
        ),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_audit_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_tenant_at", "audit", ["tenant_id", "at"], unique=False)

    op.create_table(
        "break_reasons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_break_reasons_tenant_id_tenants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_reasons")),
    )
    op.create_index(op.f("ix_break_reasons_tenant_id"), "break_reasons", ["tenant_id"], unique=False)

    op.create_table(
        "contact_types",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_contact_types_tenant_id_tenants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_types")),
    )
    op.create_index(op.f("ix_contact_types_tenant_id"), "contact_types", ["tenant_id"], unique=False)

    op.create_table(
        "customers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_customers_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_customers_tenant_id_number")),
    )
    op.create_table(
        "dids",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("carrier", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_dids_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dids")),
        sa.UniqueConstraint("number", name=op.f("uq_dids_number")),
    )
    op.create_index(op.f("ix_dids_tenant_id"), "dids", ["tenant_id"], unique=False)

    op.create_table(
        "queues",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=10), nullable=False, comment="CTI 큐번호"),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("strategy", sa.String(length=20), nullable=False),
        sa.Column("delay_interval_seconds", sa.Integer(), nullable=False),
        sa.Column("longest_wait_seconds", sa.Integer(), nullable=False),
        sa.Column("announce_position", sa.Boolean(), nullable=False),
        sa.Column("callback", sa.String(length=20), nullable=False),
        sa.Column("callback_key", sa.String(length=1), nullable=False),
        sa.Column("callback_after_seconds", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_queues_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queues")),
    )
    op.create_index(op.f("ix_queues_tenant_id"), "queues", ["tenant_id"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=True),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False, comment="manager|operator"),
        sa.Column("may_unmask", sa.Boolean(), nullable=False),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_users_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("tenant_id", "login", name=op.f("uq_users_tenant_id_login")),
    )
    op.create_index(op.f("ix_users_tenant_id"), "users", ["tenant_id"], unique=False)

    op.create_table(
        "agents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False, comment="상담사ID, case sensitive"),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("extension", sa.String(length=10), nullable=False, comment="DN, unique on the platform"),
        sa.Column("sip_user", sa.String(length=60), nullable=False),
        sa.Column(
            "sip_password_enc",
            sa.String(length=300),
            nullable=False,
            comment="SIP password, encrypted (browser login needs it)",
        ),
        sa.Column(
            "sip_ha1",
            sa.String(length=32),
            nullable=False,
            comment="md5(user:domain:password) for the directory",
        ),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["agent_groups.id"], name=op.f("fk_agents_group_id_agent_groups")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_agents_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
        sa.UniqueConstraint("extension", name=op.f("uq_agents_extension")),
        sa.UniqueConstraint("sip_user", name=op.f("uq_agents_sip_user")),
        sa.UniqueConstraint("tenant_id", "login", name=op.f("uq_agents_tenant_id_login")),
    )
    op.create_index(op.f("ix_agents_tenant_id"), "agents", ["tenant_id"], unique=False)

    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="sha256 of the token"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_api_tokens_agent_id_agents")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_api_tokens_tenant_id_tenants")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_api_tokens_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_tokens_digest")),
    )
    op.create_index(op.f("ix_api_tokens_tenant_id"), "api_tokens", ["tenant_id"], unique=False)

    op.create_table(
        "logins",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False, comment="login|logout"),
        sa.Column("result", sa.String(length=20), nullable=False, comment="ok|failed|locked"),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_logins_agent_id_agents")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_logins_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logins")),
    )
    op.create_index("ix_logins_tenant_at", "logins", ["tenant_id", "at"], unique=False)

    op.create_table(
        "tiers",
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_tiers_agent_id_agents")),
        sa.ForeignKeyConstraint(["queue_id"], ["queues.id"], name=op.f("fk_tiers_queue_id_queues")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_tiers_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("queue_id", "agent_id", name=op.f("pk_tiers")),
    )
    op.create_index(op.f("ix_tiers_tenant_id"), "tiers", ["tenant_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_tiers_tenant_id"), table_name="tiers")

    op.drop_table("tiers")
    op.drop_index("ix_logins_tenant_at", table_name="logins")

    op.drop_table("logins")
    op.drop_index(op.f("ix_api_tokens_tenant_id"), table_name="api_tokens")

    op.drop_table("api_tokens")
    op.drop_index(op.f("ix_agents_tenant_id"), table_name="agents")

    op.drop_table("agents")
    op.drop_index(op.f("ix_users_tenant_id"), table_name="users")

    op.drop_table("users")
    op.drop_index(op.f("ix_queues_tenant_id"), table_name="queues")

    op.drop_table("queues")
    op.drop_index(op.f("ix_dids_tenant_id"), table_name="dids")

    op.drop_table("dids")
    op.drop_table("customers")
    op.drop_index(op.f("ix_contact_types_tenant_id"), table_name="contact_types")

    op.drop_table("contact_types")
    op.drop_index(op.f("ix_break_reasons_tenant_id"), table_name="break_reasons")

    op.drop_table("break_reasons")
    op.drop_index("ix_audit_tenant_at", table_name="audit")

    op.drop_table("audit")
    op.drop_index(op.f("ix_ars_versions_tenant_id"), table_name="ars_versions")

    op.drop_table("ars_versions")
    op.drop_index(op.f("ix_agent_groups_tenant_id"), table_name="agent_groups")

    op.drop_table("agent_groups")
    op.drop_table("wrap_ups")
    op.drop_table("tenants")
    op.drop_index("ix_talks_tenant_started", table_name="talks")
    op.drop_index(op.f("ix_talks_call_id"), table_name="talks")

    op.drop_table("talks")
    op.drop_index("ix_status_tenant_started", table_name="status_intervals")

    op.drop_table("status_intervals")
    op.drop_index("ix_visits_tenant_entered", table_name="queue_visits")
    op.drop_index(op.f("ix_queue_visits_call_id"), table_name="queue_visits")

    op.drop_table("queue_visits")
    op.drop_index("ix_offers_tenant_made", table_name="offers")
    op.drop_index(op.f("ix_offers_call_id"), table_name="offers")

    op.drop_table("offers")
    op.drop_index("ix_journal_tenant_at", table_name="journal")
    op.drop_index(op.f("ix_journal_call_id"), table_name="journal")

    op.drop_table("journal")
    op.drop_table("ingested")
    op.drop_index("ix_calls_tenant_started", table_name="calls")
    op.drop_index("ix_calls_tenant_number", table_name="calls")

    op.drop_table("calls")
    op.drop_index("ix_callbacks_tenant_at", table_name="callbacks")

    op.drop_table("callbacks")
