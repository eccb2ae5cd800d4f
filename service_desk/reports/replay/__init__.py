"""What-if: the last year counted again under other borders, standards, hours or contract areas (מה אילו)."""
