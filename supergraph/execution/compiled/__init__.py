"""Plans compiled to Python: straight functions for what the interpreter beside it does by walking trees.

The interpreter (`Representations`, `Shaper`) says what is right. What is compiled does the same for replies that are
well-formed, and for nothing else: whatever is out of the ordinary, such as an error of a subgraph, a null where there
must be none, or a value that does not fit its type, ends it with `Unusual`, and the
interpreter begins anew.

    programs            when a plan is compiled, and what falls to the interpreter
      program           a plan under certain conditions, as functions
        collecting      one for each target: the representations of its objects
        shaping         one for the response: a dictionary for each object, field by field
          leaves        how a leaf is looked at in passing
          positions     the shares of an object, as names in the source
        runtime         what the functions call
        source          lines of Python, and the objects that they name

`Program.text` is the source, for whoever debugs.
"""

from supergraph.execution.compiled.program import Program
from supergraph.execution.compiled.programs import Programs, RunningProgram

__all__ = ["Program", "Programs", "RunningProgram"]
