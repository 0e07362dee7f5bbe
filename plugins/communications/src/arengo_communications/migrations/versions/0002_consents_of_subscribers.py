"""Consents of subscribers

Those who are subscribed agreed by the mailed link, but the words were not kept: their rows say so.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_EARLIER = """
insert into communications.subscription_consent (id, organization_id, email_digest, email_sealed,
    act, words, at)
select gen_random_uuid(), organization_id, email_digest, email_sealed,
    'unrecorded', '{}', confirmed_at
from communications.subscription where confirmed_at is not null
"""


def upgrade() -> None:
    op.create_table(
        "subscription_consent",
        sa.Column("email_digest", sa.LargeBinary(), nullable=False),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("words", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.CheckConstraint(
            "act in ('given', 'unrecorded', 'withdrawn')", name=op.f("ck_subscription_consent_act")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_consent")),
        schema="communications",
        comment="member",
    )
    op.secure_table("communications.subscription_consent", "member")
    for columns in (
        ["organization_id"],
        ["organization_id", "at", "id"],
        ["organization_id", "email_digest"],
    ):
        op.create_index(
            op.f(f"ix_subscription_consent_{'_'.join(columns)}"),
            "subscription_consent",
            columns,
            schema="communications",
        )
    op.execute("select set_config('arengo.maintenance', 'on', true)")
    connection = op.get_bind()
    confirmed = connection.scalar(
        sa.text(
            "select count(*) from communications.subscription where confirmed_at is not null"
        )
    )
    made = connection.execute(sa.text(_EARLIER)).rowcount
    assert made == confirmed, f"{made} of {confirmed} subscribers have their row"
    op.execute("select set_config('arengo.maintenance', '', true)")


def downgrade() -> None:
    op.drop_table("subscription_consent", schema="communications")
