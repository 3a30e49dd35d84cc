"""What the catalogue does: reading lists, and changing films."""
