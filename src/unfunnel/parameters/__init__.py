"""The parameters of a prior: what may be given as one, and how it fits a model's dims and labels.

``given`` and ``alignment`` import no PyMC. How a parameter becomes a tensor with named axes stands
in :mod:`unfunnel.resolve`.
"""
