"""Demonstration data: invented shops and goods, and pictures drawn for them."""
