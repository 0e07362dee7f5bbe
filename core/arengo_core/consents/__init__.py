"""The consent log: who agreed to what, when, by which words, and when it ended."""
