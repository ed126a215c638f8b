"""The tree in the module's docstring is the tree of its classes."""

import inspect
import re
from textwrap import dedent

from burnout import errors


def test_drawn_tree_names_every_error_below_its_parent():
    _, _, tree_text = errors.__doc__.partition("\n\n")
    drawn = re.findall(r"^([ │├└─]*)(\w+Error)\b", dedent(tree_text), re.MULTILINE)
    parents, tree = [], {}
    for indent, name in drawn:
        depth = len(indent) // 4
        parents[depth:] = [name]
        tree[name] = parents[depth - 1] if depth else None

    classes = {
        name: cls for name, cls in inspect.getmembers(errors, inspect.isclass) if cls.__module__ == "burnout.errors"
    }
    assert tree == {name: None if cls.__base__ is Exception else cls.__base__.__name__ for name, cls in classes.items()}
