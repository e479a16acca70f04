"""Other ways to say a prior, and what a prior says."""
