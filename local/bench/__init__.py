"""Benchmarks of the stack on this machine."""
