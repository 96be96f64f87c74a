"""Wirewatch: what is true. News in, and all knowledge about it."""

__version__ = "0.1.0"
