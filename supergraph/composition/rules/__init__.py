"""What must hold, a rule a file: of one subgraph by itself, and of all of them merged."""
