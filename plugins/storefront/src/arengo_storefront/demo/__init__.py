"""The demo's part of storefronts."""
