"""What is wrong with plain data that should be a file of priors, in words."""
