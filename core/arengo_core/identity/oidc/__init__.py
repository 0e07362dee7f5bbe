"""OpenID Connect: signing in by any provider that speaks it, as a relying party."""
