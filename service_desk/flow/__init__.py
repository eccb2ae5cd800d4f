"""Flow: one use-case per file; every door calls one of these."""
