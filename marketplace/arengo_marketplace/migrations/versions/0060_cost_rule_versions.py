"""Cost rules of offers by month"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0060"
down_revision = "0023"
branch_labels = None
depends_on = None

_FIRST = """
    insert into marketplace.cost_rule_version
        (id, organization_id, created_at, offer_id, place, valid_from, rule)
    select gen_random_uuid(), organization_id, created_at, id, 1,
           date_trunc('month', valid_from)::date, cost_rule
    from marketplace.offer
"""
_BACK = """
    update marketplace.offer set cost_rule = held.rule
    from (
        select distinct on (offer_id) offer_id, rule from marketplace.cost_rule_version
        order by offer_id, valid_from <= current_date desc, valid_from desc, place desc
    ) held
    where held.offer_id = offer.id
"""


def _count(table: str) -> int:
    return op.get_bind().scalar(sa.text(f"select count(*) from marketplace.{table}")) or 0


def upgrade() -> None:
    op.create_table(
        "cost_rule_version",
        sa.Column("offer_id", sa.UUID(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("rule", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("vote_id", sa.UUID(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "extract(day from valid_from) = 1", name=op.f("ck_cost_rule_version_valid_from")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_rule_version")),
        schema="marketplace",
        comment="public; append-only",
    )
    op.execute("alter table marketplace.offer no force row level security")
    op.execute(_FIRST)
    assert _count("cost_rule_version") == _count("offer")
    op.execute("alter table marketplace.offer force row level security")
    op.secure_table("marketplace.cost_rule_version", "public", append_only=True)
    op.create_index(
        op.f("ix_cost_rule_version_organization_id"),
        "cost_rule_version",
        ["organization_id"],
        schema="marketplace",
    )
    op.create_index(
        "uq_cost_rule_version_place",
        "cost_rule_version",
        ["offer_id", "place"],
        unique=True,
        schema="marketplace",
    )
    op.create_index(
        "uq_cost_rule_version_vote",
        "cost_rule_version",
        ["vote_id"],
        unique=True,
        schema="marketplace",
        postgresql_where=sa.text("vote_id is not null"),
    )
    op.drop_column("offer", "cost_rule", schema="marketplace")


def downgrade() -> None:
    op.add_column(
        "offer",
        sa.Column("cost_rule", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        schema="marketplace",
    )
    for table in ("offer", "cost_rule_version"):
        op.execute(f"alter table marketplace.{table} no force row level security")
    op.execute(_BACK)
    op.execute("alter table marketplace.offer force row level security")
    op.alter_column("offer", "cost_rule", nullable=False, schema="marketplace")
    op.drop_table("cost_rule_version", schema="marketplace")
