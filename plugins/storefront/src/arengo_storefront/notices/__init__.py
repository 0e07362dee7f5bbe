"""What shopper and merchant are told of an order, each thing exactly once."""
