"""A family as a drop-in ``Prior``: what it accepts, and how its variable is made."""
