"""Messages: the outbox, wording, channels, receipts and what people write back."""
