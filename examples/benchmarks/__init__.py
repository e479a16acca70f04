"""One hierarchy, sampled in many ways on several kinds of data: ``python -m benchmarks``."""
