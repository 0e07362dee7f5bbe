"""Pledges: opt-ins on condition that enough others opt in, which then become active together."""
