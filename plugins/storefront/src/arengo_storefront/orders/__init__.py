"""Orders: one for the shopper, one merchant order for each shop in it."""
