"""Services that members had once, and those that consortia offer"""

from alembic import op

revision = "0023"
down_revision = "0030"
branch_labels = None
depends_on = None

_READ = ("offer", "activation", "activation_change", "membership")


def upgrade() -> None:
    for name in _READ:
        op.execute(f"alter table marketplace.{name} no force row level security")
    op.execute(
        """
        with active as (
            select distinct activation.organization_id, activation.consortium_id,
                activation.offer_id, activation.service
            from marketplace.activation
            join marketplace.activation_change change
                on change.activation_id = activation.id and change.state = 'active'
        )
        insert into core.begun_service
        select organization_id, service from active
        union
        select organization_id, service from marketplace.offer
        union
        select seated.organization_id, active.service
        from active
        join marketplace.offer on offer.id = active.offer_id and offer.covers_merchants
        join marketplace.membership seated
            on seated.seat_id = active.organization_id
            and seated.consortium_id = active.consortium_id
        on conflict do nothing
        """
    )
    for name in _READ:
        op.execute(f"alter table marketplace.{name} force row level security")


def downgrade() -> None:
    """What was begun stays noted: it does no harm."""
