"""Feedback on the site's accessibility: what the law asks every public site to take."""
