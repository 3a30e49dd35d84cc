"""The counter's root fields."""
