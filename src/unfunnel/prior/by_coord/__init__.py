"""Another prior for each label of a dim: the factory, its members, its variables, its dictionary.

``codec``, the dictionary form, imports no PyMC.
"""
