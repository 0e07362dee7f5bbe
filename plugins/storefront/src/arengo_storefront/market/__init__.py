"""The public pages of the valley: market, towns, shops, products."""
