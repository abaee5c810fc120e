"""What each diagnostic code means: one module for each group of codes, each with its `CODES`."""
