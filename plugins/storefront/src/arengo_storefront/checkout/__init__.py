"""The checkout: from a guest's cart to one order and one payment, without an account."""
