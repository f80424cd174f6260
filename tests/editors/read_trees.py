"""Reads programs with the tree-sitter grammar: `read_trees.py LIBRARY FOLDER PROGRAMS`.

Says how many trees have a gap, whether broken texts are found broken, and fails on a query that is none of this grammar or a
capture that should colour something and colours nothing.
"""

import ctypes
import pathlib
import sys
import warnings

from tree_sitter import Language, Parser, Query, QueryCursor

BROKEN = ["model {", "endpoint a { serve = }", "let = 3", "stack a on { deploy }"]


def language(library: str) -> Language:
    make = ctypes.cdll.LoadLibrary(library).tree_sitter_serve
    make.restype = ctypes.c_void_p
    with warnings.catch_warnings():
        # A pointer instead of a capsule is what a library that is no Python module has.
        warnings.simplefilter("ignore", DeprecationWarning)
        return Language(make())


def first_gap(node):
    """The first node of a tree that is an error or stands for something that is missing."""
    if node.is_error or node.is_missing:
        return node
    return next((gap for child in node.children if child.has_error or child.is_missing if (gap := first_gap(child))), None)


def main() -> int:
    library, folder, programs = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    serve = language(library)
    parser = Parser(serve)
    trees, errors = [], 0
    for path in sorted(programs.iterdir()):
        text = path.read_bytes()
        tree = parser.parse(text)
        trees.append(tree)
        if tree.root_node.has_error:
            errors += 1
            gap = first_gap(tree.root_node)
            before = text[: gap.start_byte].decode()[-60:] if gap else ""
            print(f"{path.name}: {gap.start_point if gap else '?'}: after {before!r}")
    print(f"{len(trees)} programs, {errors} with errors")
    found = sum(parser.parse(text.encode()).root_node.has_error for text in BROKEN)
    print(f"{found} broken texts found broken")

    unused = []
    for path in sorted((folder / "queries").glob("*.scm")):
        query = Query(serve, path.read_text())
        counts = dict.fromkeys((query.capture_name(i) for i in range(query.capture_count)), 0)
        for tree in trees:
            for name, nodes in QueryCursor(query).captures(tree.root_node).items():
                counts[name] += len(nodes)
        unused += [f"{path.name}: @{name}" for name, count in counts.items() if count == 0]
        print(f"{path.name}: {sum(counts.values())} captures")
    if unused:
        print("captures that find nothing:", ", ".join(unused))
    return 1 if errors or unused or found != len(BROKEN) else 0


if __name__ == "__main__":
    sys.exit(main())
