"""Flat illustrations, one function each, drawn on a canvas of 100 by 100 units."""
