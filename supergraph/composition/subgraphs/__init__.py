"""One subgraph: from its SDL to a `SubgraphSchema` in which every directive has its specification's name."""
