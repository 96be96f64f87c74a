"""What benchmarks/matching.py is made of: articles, watches, peers, measuring."""
