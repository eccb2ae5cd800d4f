"""Pure rules of figures: what each one means."""
