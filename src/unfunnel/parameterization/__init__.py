"""How the sampler sees a variable: the parameterizations and their value transforms."""
