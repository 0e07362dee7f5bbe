"""Stock: what is on hand, what orders being paid have reserved, and every movement."""
