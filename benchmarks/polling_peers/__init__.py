"""The pollers that benchmarks/polling.py sets side by side, and the server that they poll."""
