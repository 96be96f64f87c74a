"""What `benchmarks/stories.py` is made of."""
