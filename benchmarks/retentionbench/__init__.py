"""Thirty days of a desk in minutes: a clock that runs faster, its traffic, and what it costs."""
