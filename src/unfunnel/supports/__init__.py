"""Where a hyperprior can be, and whether it and numbers are inside the support of a parameter.

None of it imports PyMC.
"""
