"""Speed beside Django's own ModelBackend; run with `python -m benchmarks` from the project."""
