"""Hypothesis without a deadline: a busy machine is no fault of the sums."""

from hypothesis import settings

settings.register_profile("arengo", deadline=None)
settings.load_profile("arengo")
