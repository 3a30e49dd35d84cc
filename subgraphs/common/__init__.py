"""What the three subgraphs share, and that knows none of them."""
