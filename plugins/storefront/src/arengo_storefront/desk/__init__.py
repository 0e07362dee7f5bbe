"""The merchant's desk: where a shop and its products are kept, at home on a phone."""
