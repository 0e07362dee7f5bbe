"""Dunning: reminders of what is overdue, and when they rest."""
