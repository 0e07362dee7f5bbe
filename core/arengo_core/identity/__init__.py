"""People: sign-in, sessions, roles, invitations, password reset."""
