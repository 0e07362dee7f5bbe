"""Feedback to the office."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('feedback',
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('reply_to', sa.String(), nullable=False),
    sa.Column('page', sa.String(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('organization_id', sa.UUID(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feedback')),
    schema='core',
    comment='member'
    )
    op.secure_table('core.feedback', 'member')
    op.create_index(op.f('ix_feedback_organization_id'), 'feedback', ['organization_id'], unique=False, schema='core')
    op.create_index(op.f('ix_feedback_organization_id_created_at'), 'feedback', ['organization_id', 'created_at'], unique=False, schema='core')


def downgrade() -> None:
    op.drop_index(op.f('ix_feedback_organization_id_created_at'), table_name='feedback', schema='core')
    op.drop_index(op.f('ix_feedback_organization_id'), table_name='feedback', schema='core')
    op.drop_table('feedback', schema='core')
