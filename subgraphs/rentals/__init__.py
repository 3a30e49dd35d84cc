"""The counter: stores, copies, offers, rentals, and what they cost."""
