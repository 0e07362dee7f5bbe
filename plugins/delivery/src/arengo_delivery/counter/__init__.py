"""The counter: parcels come in by their label and go out by the shopper's code."""
