"""Priors from answers: of a hierarchy, and of its standard deviations."""
