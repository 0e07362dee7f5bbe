"""What carts, checkout, orders, withdrawal and notices bring to the plugin."""

from __future__ import annotations

from arengo_core.plugins.contributions import NavigationItem
from arengo_core.plugins.manifest import Meter
from arengo_storefront.base import SERVICE
from arengo_storefront.carts import models as cart_tables
from arengo_storefront.carts import pages as cart_pages
from arengo_storefront.carts import service as carts
from arengo_storefront.carts.mutations import CartMutation
from arengo_storefront.carts.queries import CartQuery
from arengo_storefront.checkout import pages as checkout_pages
from arengo_storefront.checkout.mutations import CheckoutMutation
from arengo_storefront.notices import models as notice_tables
from arengo_storefront.notices import sending
from arengo_storefront.orders import desk_pages, handlers, jobs
from arengo_storefront.orders import models as order_tables
from arengo_storefront.orders import pages as order_pages
from arengo_storefront.orders.mutations import OrderMutation
from arengo_storefront.orders.queries import OrderQuery
from arengo_storefront.permissions import ORDERS
from arengo_storefront.stock import models as stock_tables
from arengo_storefront.withdrawal import models as withdrawal_tables
from arengo_storefront.withdrawal import pages as withdrawal_pages
from arengo_storefront.withdrawal.mutations import WithdrawalMutation

TABLES = (stock_tables, cart_tables, order_tables, withdrawal_tables, notice_tables)
METERS = (Meter(jobs.METER, "Merchant orders", "orders"),)
QUERIES = (CartQuery, OrderQuery)
MUTATIONS = (CartMutation, CheckoutMutation, OrderMutation, WithdrawalMutation)
ROUTES: list[object] = [
    *cart_pages.ROUTES,
    *checkout_pages.ROUTES,
    *order_pages.ROUTES,
    *withdrawal_pages.ROUTES,
    *desk_pages.ROUTES,
]
NAVIGATION = [
    NavigationItem("desk", "Orders", "/desk/orders", 15, permissions=(ORDERS,), service=SERVICE),
]
EVENT_HANDLERS = handlers.handlers()
JOBS = [*jobs.JOBS, *sending.JOBS]
SCHEDULES = [*jobs.SCHEDULES, *carts.SCHEDULES]
