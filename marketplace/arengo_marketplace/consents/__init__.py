"""What members agreed that services read and write, and what they have yet to answer."""
