"""The demo's part of communications."""
