"""The coordinate that the data ask for: pilot runs, their estimates, and what they chose."""
