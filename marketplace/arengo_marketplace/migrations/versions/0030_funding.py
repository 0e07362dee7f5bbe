"""Grants, what they covered, and the terms by which a settlement was covered"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "funding",
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("funder", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("services", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("rate", sa.Numeric(11, 8), nullable=False),
        sa.Column("co_financing", sa.Numeric(11, 8), nullable=False),
        sa.Column("cap", sa.BigInteger(), nullable=False),
        sa.Column("period_cap", sa.BigInteger(), nullable=True),
        sa.Column("per", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("report_due_on", sa.Date(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("consortium_id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rate > 0 and rate <= 100", name=op.f("ck_funding_rate")),
        sa.CheckConstraint(
            "co_financing >= 0 and co_financing < 100", name=op.f("ck_funding_co_financing")
        ),
        sa.CheckConstraint(
            "cap > 0 and (period_cap is null or period_cap > 0)", name=op.f("ck_funding_cap")
        ),
        sa.CheckConstraint("per in ('month', 'year')", name=op.f("ck_funding_per")),
        sa.CheckConstraint(
            "ends_on > starts_on and extract(day from starts_on) = 1"
            " and extract(day from ends_on) = 1",
            name=op.f("ck_funding_window"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding")),
        schema="marketplace",
        comment="consortium",
    )
    op.secure_table("marketplace.funding", "consortium")
    op.create_table(
        "funding_use",
        sa.Column("funding_id", sa.UUID(), nullable=False),
        sa.Column("settlement_id", sa.UUID(), nullable=False),
        sa.Column("offer_id", sa.UUID(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("consortium_id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_funding_use_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_use")),
        schema="marketplace",
        comment="consortium; append-only",
    )
    op.secure_table("marketplace.funding_use", "consortium", append_only=True)
    for table, columns in (
        ("funding", ["consortium_id"]),
        ("funding", ["organization_id"]),
        ("funding", ["organization_id", "place"]),
        ("funding_use", ["consortium_id"]),
        ("funding_use", ["organization_id"]),
        ("funding_use", ["organization_id", "funding_id"]),
        ("funding_use", ["organization_id", "settlement_id"]),
    ):
        op.create_index(
            op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns, schema="marketplace"
        )
    op.add_column("settled_line", sa.Column("funding_id", sa.UUID()), schema="marketplace")
    op.add_column(
        "settlement",
        sa.Column(
            "grants",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        schema="marketplace",
    )


def downgrade() -> None:
    op.drop_column("settlement", "grants", schema="marketplace")
    op.drop_column("settled_line", "funding_id", schema="marketplace")
    op.drop_table("funding_use", schema="marketplace")
    op.drop_table("funding", schema="marketplace")
