"""members, offers, activations"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('activation',
    sa.Column('offer_id', sa.UUID(), nullable=False),
    sa.Column('service', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('settings', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('secrets', sa.LargeBinary(), nullable=True),
    sa.Column('forecast', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('consortium_id', sa.UUID(), nullable=False),
    sa.Column('organization_id', sa.UUID(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state in ('requested', 'approved', 'active', 'suspended', 'ended')", name=op.f('ck_activation_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activation')),
    schema='marketplace',
    comment='consortium'
    )
    op.secure_table('marketplace.activation', 'consortium')
    op.create_index(op.f('ix_activation_consortium_id'), 'activation', ['consortium_id'], unique=False, schema='marketplace')
    op.create_index(op.f('ix_activation_consortium_id_offer_id'), 'activation', ['consortium_id', 'offer_id'], unique=False, schema='marketplace')
    op.create_index(op.f('ix_activation_organization_id'), 'activation', ['organization_id'], unique=False, schema='marketplace')
    op.create_index('uq_activation_current', 'activation', ['organization_id', 'consortium_id', 'service'], unique=True, schema='marketplace', postgresql_where=sa.text("state <> 'ended'"))
    op.create_table('activation_change',
    sa.Column('activation_id', sa.UUID(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.UUID(), nullable=True),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('consortium_id', sa.UUID(), nullable=False),
    sa.Column('organization_id', sa.UUID(), nullable=False),
    sa.CheckConstraint("state in ('requested', 'approved', 'active', 'suspended', 'ended')", name=op.f('ck_activation_change_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activation_change')),
    schema='marketplace',
    comment='consortium; append-only'
    )
    op.secure_table('marketplace.activation_change', 'consortium', append_only=True)
    op.create_index(op.f('ix_activation_change_consortium_id'), 'activation_change', ['consortium_id'], unique=False, schema='marketplace')
    op.create_index(op.f('ix_activation_change_consortium_id_activation_id'), 'activation_change', ['consortium_id', 'activation_id'], unique=False, schema='marketplace')
    op.create_index(op.f('ix_activation_change_organization_id'), 'activation_change', ['organization_id'], unique=False, schema='marketplace')
    op.create_index(op.f('ix_activation_change_organization_id_activation_id'), 'activation_change', ['organization_id', 'activation_id'], unique=False, schema='marketplace')
    op.create_table('charter',
    sa.Column('default_cost_rule', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('lead_id', sa.UUID(), nullable=True),
    sa.Column('collecting_entity_id', sa.UUID(), nullable=True),
    sa.Column('collector_is_public', sa.Boolean(), nullable=False),
    sa.Column('gateway', sa.String(), nullable=False),
    sa.Column('gateway_secrets', sa.LargeBinary(), nullable=True),
    sa.Column('is_illustrative', sa.Boolean(), nullable=False),
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('organization_id', sa.UUID(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_charter')),
    schema='marketplace',
    comment='member'
    )
    op.secure_table('marketplace.charter', 'member')
    op.create_index(op.f('ix_charter_organization_id'), 'charter', ['organization_id'], unique=False, schema='marketplace')
    op.create_index('uq_charter_organization_id', 'charter', ['organization_id'], unique=True, schema='marketplace')
    op.create_table('join_request',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('vat_number', sa.String(), nullable=False),
    sa.Column('street', sa.String(), nullable=False),
    sa.Column('postcode', sa.String(), nullable=False),
    sa.Column('seat_id', sa.UUID(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=False),
    sa.Column('message', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.UUID(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('member_id', sa.UUID(), nullable=True),
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('organization_id', sa.UUID(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_join_request')),
    schema='marketplace',
    comment='member'
    )
    op.secure_table('marketplace.join_request', 'member')
    op.create_index(op.f('ix_join_request_organization_id'), 'join_request', ['organization_id'], unique=False, schema='marketplace')
    op.create_index(op.f('ix_join_request_organization_id_state'), 'join_request', ['organization_id', 'state'], unique=False, schema='marketplace')
    op.create_table('membership',
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('seat_id', sa.UUID(), nullable=True),
    sa.Column('population', sa.Integer(), nullable=True),
    sa.Column('population_on', sa.Date(), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('consortium_id', sa.UUID(), nullable=False),
    sa.Column('organization_id', sa.UUID(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('ends_on is null or ends_on >= starts_on', name=op.f('ck_membership_days')),
    sa.CheckConstraint('population is null or population >= 0', name=op.f('ck_membership_population')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership')),
    schema='marketplace',
    comment='consortium'
    )
    op.secure_table('marketplace.membership', 'consortium')
    op.create_index(op.f('ix_membership_consortium_id'), 'membership', ['consortium_id'], unique=False, schema='marketplace')
    op.create_index(op.f('ix_membership_consortium_id_kind'), 'membership', ['consortium_id', 'kind'], unique=False, schema='marketplace')
    op.create_index(op.f('ix_membership_consortium_id_seat_id'), 'membership', ['consortium_id', 'seat_id'], unique=False, schema='marketplace')
    op.create_index(op.f('ix_membership_organization_id'), 'membership', ['organization_id'], unique=False, schema='marketplace')
    op.create_index('uq_membership_current', 'membership', ['organization_id', 'consortium_id'], unique=True, schema='marketplace', postgresql_where=sa.text('ends_on is null'))
    op.create_table('offer',
    sa.Column('service', sa.String(), nullable=False),
    sa.Column('price_plan', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('cost_rule', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('cost_bearers', sa.String(), nullable=False),
    sa.Column('needs_approval', sa.Boolean(), nullable=False),
    sa.Column('covers_merchants', sa.Boolean(), nullable=False),
    sa.Column('fees', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('withdrawn_on', sa.Date(), nullable=True),
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('organization_id', sa.UUID(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("cost_bearers in ('municipalities', 'merchants')", name=op.f('ck_offer_cost_bearers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer')),
    schema='marketplace',
    comment='public'
    )
    op.secure_table('marketplace.offer', 'public')
    op.create_index(op.f('ix_offer_organization_id'), 'offer', ['organization_id'], unique=False, schema='marketplace')
    op.create_index('uq_offer_current', 'offer', ['organization_id', 'service'], unique=True, schema='marketplace', postgresql_where=sa.text('withdrawn_on is null'))


def downgrade() -> None:
    op.drop_index('uq_offer_current', table_name='offer', schema='marketplace', postgresql_where=sa.text('withdrawn_on is null'))
    op.drop_index(op.f('ix_offer_organization_id'), table_name='offer', schema='marketplace')
    op.drop_table('offer', schema='marketplace')
    op.drop_index('uq_membership_current', table_name='membership', schema='marketplace', postgresql_where=sa.text('ends_on is null'))
    op.drop_index(op.f('ix_membership_organization_id'), table_name='membership', schema='marketplace')
    op.drop_index(op.f('ix_membership_consortium_id_seat_id'), table_name='membership', schema='marketplace')
    op.drop_index(op.f('ix_membership_consortium_id_kind'), table_name='membership', schema='marketplace')
    op.drop_index(op.f('ix_membership_consortium_id'), table_name='membership', schema='marketplace')
    op.drop_table('membership', schema='marketplace')
    op.drop_index(op.f('ix_join_request_organization_id_state'), table_name='join_request', schema='marketplace')
    op.drop_index(op.f('ix_join_request_organization_id'), table_name='join_request', schema='marketplace')
    op.drop_table('join_request', schema='marketplace')
    op.drop_index('uq_charter_organization_id', table_name='charter', schema='marketplace')
    op.drop_index(op.f('ix_charter_organization_id'), table_name='charter', schema='marketplace')
    op.drop_table('charter', schema='marketplace')
    op.drop_index(op.f('ix_activation_change_organization_id_activation_id'), table_name='activation_change', schema='marketplace')
    op.drop_index(op.f('ix_activation_change_organization_id'), table_name='activation_change', schema='marketplace')
    op.drop_index(op.f('ix_activation_change_consortium_id_activation_id'), table_name='activation_change', schema='marketplace')
    op.drop_index(op.f('ix_activation_change_consortium_id'), table_name='activation_change', schema='marketplace')
    op.drop_table('activation_change', schema='marketplace')
    op.drop_index('uq_activation_current', table_name='activation', schema='marketplace', postgresql_where=sa.text("state <> 'ended'"))
    op.drop_index(op.f('ix_activation_organization_id'), table_name='activation', schema='marketplace')
    op.drop_index(op.f('ix_activation_consortium_id_offer_id'), table_name='activation', schema='marketplace')
    op.drop_index(op.f('ix_activation_consortium_id'), table_name='activation', schema='marketplace')
    op.drop_table('activation', schema='marketplace')
