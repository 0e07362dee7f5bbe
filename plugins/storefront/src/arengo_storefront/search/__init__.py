"""Search over the listings: full text, typing errors, filters, pages."""
