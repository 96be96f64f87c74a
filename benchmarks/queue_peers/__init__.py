"""The workers that benchmarks/queue.py sets side by side; one file a family."""
