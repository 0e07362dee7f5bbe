"""Messages by e-mail and inbox, and announcements of municipalities."""
