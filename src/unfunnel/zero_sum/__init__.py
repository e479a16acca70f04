"""Effects that sum to zero along a dim: what is asked for, coordinates, random variable, building.

``options`` and ``contrasts`` import no PyMC. What describes the population behind such effects is
for users, and stands in :mod:`unfunnel.populations`.
"""
