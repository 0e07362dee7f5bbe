"""Carriers that this plugin brings."""
