"""From the subgraphs' schemas to one: a file a kind of element, and what each file says holds for every subgraph."""
