"""What the shop's own operations cost the whole business: router, subgraphs and stores."""
