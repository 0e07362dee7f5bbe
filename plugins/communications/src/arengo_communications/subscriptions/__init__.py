"""Who receives a municipality's announcements: asked for by mail, ended by a click."""
