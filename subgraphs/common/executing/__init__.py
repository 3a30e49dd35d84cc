"""Execution of operations over many objects at once.

The ordinary executor goes from object to object, and asks a dozen questions about every field of each. Here the objects
that a selection set stands for are the rows of a table: a field is a column, read from all of them together, and the
questions are asked once for each selection set of an operation, however often that is sent. What a field leads to is
again a table, of all that it leads to from all of the objects.

So it is as long as everything is in order. Where anything is not, an error above all, the ordinary executor starts over
from the root field's value: errors and their places are told in one way.
"""
