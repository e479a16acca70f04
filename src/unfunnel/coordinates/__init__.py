"""In which coordinate the sampler sees a variable: the choice, its numbers, the value transforms.

``centering``, the coordinates as formulas, imports no PyMC. Coordinates of zero-sum variables stand
in :mod:`unfunnel.zero_sum.transforms`.
"""
