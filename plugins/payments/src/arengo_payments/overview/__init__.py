"""Overview: what officers and merchants see of payments, on pages and by GraphQL."""
