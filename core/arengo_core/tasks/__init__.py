"""Tasks: slow work that somebody waits for; it shows its progress and can be left and cancelled."""
