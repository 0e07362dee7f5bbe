"""Channels: the ways to reach people that this plugin brings."""
