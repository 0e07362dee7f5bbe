"""The demo's shops, one module each. Every name, number and address here is invented."""
