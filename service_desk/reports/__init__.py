"""Reports: figures over what happened, read-only."""
