"""Cost games: what each group of members would pay alone, and what that says of fair shares.

Modules here load NumPy and SciPy: import them where they are needed, not when a program starts.
"""
