"""Priors as configuration: files of them, their grammar, and what is wrong with one."""
