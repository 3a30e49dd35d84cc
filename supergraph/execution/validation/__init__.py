"""Whether a document is valid: a quick look clears what is plainly so, and graphql-core's rules judge all else.

The rules look at each node with thirty visitors, which takes longer than to plan a small operation; and nearly all
documents that clients send are valid. So what the rules are for is to say what is wrong with the others.

    rules        graphql-core's, and one of our own
    plain        the quick look: definitions, and the variables of operations
    selections   what one definition selects, node by node
    merging      that fields of one name are one field
    facts        of fields and directives, as the quick look asks for them

The quick look never says that a document is invalid. What it has no need to understand (subscriptions, introspection,
`@defer`, a document out of the ordinary size) it leaves to the rules.
"""

from supergraph.execution.validation.facts import Facts
from supergraph.execution.validation.rules import RULES, Validation

__all__ = ["RULES", "Facts", "Validation"]
