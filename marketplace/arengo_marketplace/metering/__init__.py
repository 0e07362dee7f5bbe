"""Metering: usage records, kept once each, for the members that used something."""
