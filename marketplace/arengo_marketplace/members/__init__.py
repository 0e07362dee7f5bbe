"""Consortia, their charters and their members: joining, admitting, leaving."""
