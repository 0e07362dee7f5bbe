"""Categories, products with their variants, and the listings that publishing writes."""
