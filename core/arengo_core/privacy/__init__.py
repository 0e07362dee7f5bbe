"""Privacy: the register of personal data, a person's own copy of it, and erasure."""
