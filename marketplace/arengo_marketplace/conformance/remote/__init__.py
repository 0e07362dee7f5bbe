"""The kit's tests of remote plugins, on a live one: what ``arengo plugin check URL`` runs."""
