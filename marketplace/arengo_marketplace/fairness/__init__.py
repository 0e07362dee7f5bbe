"""Whether the rule of an offer is fair to its members."""
