"""What the year ahead would cost every member if something changed; nothing is written."""
