"""The random variables of the families: PyMC's own, those it lacks, and their densities."""
