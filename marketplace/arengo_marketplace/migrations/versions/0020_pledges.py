"""Pledges"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pledge",
        sa.Column("offer_id", sa.UUID(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("least_members", sa.Integer(), nullable=True),
        sa.Column("least_inhabitants", sa.Integer(), nullable=True),
        sa.Column("most_yearly_cost", sa.BigInteger(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=True),
        sa.Column("forecast", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("agreed", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("made_by", sa.UUID(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("activation_id", sa.UUID(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("consortium_id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('open', 'kept', 'withdrawn', 'expired')", name=op.f("ck_pledge_state")
        ),
        sa.CheckConstraint(
            "num_nonnulls(least_members, least_inhabitants, most_yearly_cost) > 0",
            name=op.f("ck_pledge_condition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
        schema="marketplace",
        comment="consortium",
    )
    op.secure_table("marketplace.pledge", "consortium")
    for columns in (["consortium_id"], ["organization_id"], ["consortium_id", "offer_id"]):
        op.create_index(
            op.f(f"ix_pledge_{'_'.join(columns)}"), "pledge", columns, schema="marketplace"
        )
    op.create_index(
        "uq_pledge_open",
        "pledge",
        ["organization_id", "offer_id"],
        unique=True,
        schema="marketplace",
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    op.drop_table("pledge", schema="marketplace")
