"""What the courier asks: a price by weight and municipality, one tariff a consortium."""
