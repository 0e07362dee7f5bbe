"""Delivery: the valley courier, pick-up points, labels and tracking."""
