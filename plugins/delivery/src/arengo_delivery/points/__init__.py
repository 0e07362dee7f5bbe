"""Pick-up points: counters and shops where parcels wait."""
