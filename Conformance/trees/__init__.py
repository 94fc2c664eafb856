"""Generated package trees in which real loaders look for an addon; one module for each kind of loader."""
