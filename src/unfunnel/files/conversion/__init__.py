"""Priors of other libraries as ours, from plain data to plain data."""
