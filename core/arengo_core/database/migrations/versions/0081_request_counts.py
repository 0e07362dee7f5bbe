"""Requests are counted over all processes"""

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0091"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "request_count",
        sa.Column("key_digest", sa.LargeBinary(), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key_digest", name=op.f("pk_request_count")),
        schema="core",
        comment="platform; keyed digests of addresses, accounts and tokens",
        prefixes=["UNLOGGED"],
    )


def downgrade() -> None:
    op.drop_table("request_count", schema="core")
