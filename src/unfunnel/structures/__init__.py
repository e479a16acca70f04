"""How the elements of a variable depend on each other, given location and scale."""
