"""Activations: members' opt-ins, their states, settings, preview, gates and export."""
