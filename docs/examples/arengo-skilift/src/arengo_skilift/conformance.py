"""What the kit asks of this plugin beside what it looks at by itself."""

from __future__ import annotations

OPEN = {
    "anybody's; it shows lifts of members with the service": (
        "/lifts",
        "menu /lifts",
        "Query.lifts",
        "Product.open_lifts_nearby",
    ),
}
"""What names no service, by why it is open; the kit asks for each."""
