"""Consents

Services that members switched on earlier did so without being shown what they read and write.
Nothing can be said to have been agreed to: each gets a row that says who switched it on and when,
with no grants, and its member is asked.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_EARLIER = """
insert into marketplace.consent (id, organization_id, consortium_id, activation_id, service,
    version, act, grants, wording, locale, at, by)
select gen_random_uuid(), a.organization_id, a.consortium_id, a.id, a.service,
    '', 'unrecorded', '{}', '', '', coalesce(c.at, a.created_at), c.by
from marketplace.activation a
left join lateral (
    select at, by from marketplace.activation_change c
    where c.organization_id = a.organization_id and c.activation_id = a.id
    order by at, id limit 1
) c on true
where a.state <> 'ended'
"""


def upgrade() -> None:
    op.add_column(
        "activation",
        sa.Column("agreed", postgresql.ARRAY(sa.String()), nullable=False, server_default="{}"),
        schema="marketplace",
    )
    op.create_table(
        "consent",
        sa.Column("activation_id", sa.UUID(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("grants", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.UUID(), nullable=True),
        sa.Column("acting_for", sa.UUID(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("consortium_id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.CheckConstraint(
            "act in ('given', 'asked', 'unrecorded', 'withdrawn')", name=op.f("ck_consent_act")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        schema="marketplace",
        comment="consortium; append-only",
    )
    op.secure_table("marketplace.consent", "consortium", append_only=True)
    for columns in (["consortium_id"], ["organization_id"], ["organization_id", "activation_id"]):
        op.create_index(
            op.f(f"ix_consent_{'_'.join(columns)}"), "consent", columns, schema="marketplace"
        )
    op.execute("select set_config('arengo.maintenance', 'on', true)")
    connection = op.get_bind()
    running = connection.scalar(
        sa.text("select count(*) from marketplace.activation where state <> 'ended'")
    )
    made = connection.execute(sa.text(_EARLIER)).rowcount
    assert made == running, f"{made} of {running} activations have their row"
    op.execute("select set_config('arengo.maintenance', '', true)")


def downgrade() -> None:
    op.drop_table("consent", schema="marketplace")
    op.drop_column("activation", "agreed", schema="marketplace")
