"""What tests of first and third parties share; a pytest plugin of the entry point ``pytest11``."""
