"""What is known of distributions, and the random variables of our families."""
