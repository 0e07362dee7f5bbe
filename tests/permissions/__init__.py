"""Tests of permissions and delegations."""
