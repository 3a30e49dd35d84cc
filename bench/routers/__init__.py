"""This router beside others: the same subgraphs, the same queries, one run.

    python -m bench.routers                     all that can be had, three rounds; or make bench-routers
    python -m bench.routers ours hive --rounds 1 --seconds 2
    python -m bench.routers ours ours-tokens    with an access token on each request
    python -m bench.routers --new               operations that were never asked before

    world        four subgraphs, their data, and three queries: one fetch, three in a row, and a large answer
    subgraphs    a process that answers as the subgraphs, and remembers its answers
    peers        the routers: how each is installed, outside of this tree, and started
    tokens       an issuer of access tokens
    measuring    load, and the processor time of a router's processes

What counts is requests per second of a router's own processor time: on a machine of few cores the load, the subgraphs
and the router share them. Trust ratios within one run.
"""
