"""The demo's part of delivery."""
