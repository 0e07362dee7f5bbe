"""The conformance kit: what any plugin must hold to, tried on a real host. ``arengo plugin check``.

First-party and third-party plugins run the same modules; each ``test_`` module is one promise.
"""
