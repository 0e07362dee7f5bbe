"""Votes on cost rules"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0061"
down_revision = "0050"
branch_labels = None
depends_on = None


def _owned() -> list[sa.Column]:
    return [
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]


def upgrade() -> None:
    op.add_column(
        "charter",
        sa.Column("voting", postgresql.JSONB(), nullable=False, server_default="{}"),
        schema="marketplace",
    )
    op.create_table(
        "vote",
        sa.Column("offer_id", sa.UUID(), nullable=False),
        sa.Column("rule", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_by", sa.UUID(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.UUID(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("minutes_id", sa.UUID(), nullable=True),
        sa.Column("minutes_name", sa.String(), nullable=False),
        sa.Column("minutes_digest", sa.String(), nullable=False),
        *_owned(),
        sa.CheckConstraint(
            "state in ('draft', 'open', 'passed', 'rejected', 'no_quorum', 'withdrawn')",
            name=op.f("ck_vote_state"),
        ),
        sa.CheckConstraint("extract(day from valid_from) = 1", name=op.f("ck_vote_valid_from")),
        sa.CheckConstraint(
            "state in ('draft', 'withdrawn') or opened_at is not null",
            name=op.f("ck_vote_opened"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
        schema="marketplace",
        comment="member",
    )
    op.secure_table("marketplace.vote", "member")
    op.create_table(
        "elector",
        sa.Column("vote_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("population_on", sa.Date(), nullable=True),
        sa.Column("today", sa.BigInteger(), nullable=False),
        sa.Column("afterwards", sa.BigInteger(), nullable=False),
        sa.Column("consortium_id", sa.UUID(), nullable=False),
        *_owned(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_elector")),
        schema="marketplace",
        comment="consortium; append-only",
    )
    op.secure_table("marketplace.elector", "consortium", append_only=True)
    op.create_table(
        "ballot",
        sa.Column("vote_id", sa.UUID(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("cast_by", sa.UUID(), nullable=True),
        sa.Column("cast_for", sa.UUID(), nullable=True),
        sa.Column("consortium_id", sa.UUID(), nullable=False),
        *_owned(),
        sa.CheckConstraint("choice in ('yes', 'no', 'abstain')", name=op.f("ck_ballot_choice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
        schema="marketplace",
        comment="consortium; append-only",
    )
    op.secure_table("marketplace.ballot", "consortium", append_only=True)
    for table, columns in (
        ("vote", ["organization_id"]),
        ("elector", ["consortium_id"]),
        ("elector", ["organization_id"]),
        ("ballot", ["consortium_id"]),
        ("ballot", ["organization_id"]),
    ):
        op.create_index(
            op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns, schema="marketplace"
        )
    op.create_index(
        "uq_vote_open",
        "vote",
        ["offer_id"],
        unique=True,
        schema="marketplace",
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "uq_elector_vote",
        "elector",
        ["vote_id", "organization_id"],
        unique=True,
        schema="marketplace",
    )
    op.create_index(
        "uq_ballot_place",
        "ballot",
        ["vote_id", "organization_id", "place"],
        unique=True,
        schema="marketplace",
    )


def downgrade() -> None:
    for table in ("ballot", "elector", "vote"):
        op.drop_table(table, schema="marketplace")
    op.drop_column("charter", "voting", schema="marketplace")
