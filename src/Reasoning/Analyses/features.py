# Features of the Python source on standard input, by Python's own parser, as "name value" lines.
#
# complexity: the mean over functions and methods, of the module where there are none; each is 1 and one for every if, conditional expression, loop and
# its else, except, else of try, assert, further operand of and/or, comprehension and its ifs, case; as radon counts. Functions in a function count there.
import ast, sys

tree = ast.parse(sys.stdin.read())
LOOPS = (ast.For, ast.AsyncFor, ast.While)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def decisions(node):
    count = 0
    for item in ast.walk(node):
        if isinstance(item, (ast.If, ast.IfExp, ast.Assert)):
            count += 1
        elif isinstance(item, LOOPS):
            count += 1 + bool(item.orelse)
        elif isinstance(item, ast.Try):
            count += len(item.handlers) + bool(item.orelse)
        elif isinstance(item, ast.BoolOp):
            count += len(item.values) - 1
        elif isinstance(item, ast.comprehension):
            count += 1 + len(item.ifs)
        elif isinstance(item, ast.Lambda):
            count += 1
        elif isinstance(item, ast.Match):
            count += len(item.cases)
    return count


def outermost_functions(node):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FUNCTIONS):
            yield child
        else:
            yield from outermost_functions(child)


tags = set()


def visit(node, loops, ifs):
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST):
                continue
            inner_loops, inner_ifs = loops, ifs
            if isinstance(child, FUNCTIONS):
                inner_loops = inner_ifs = 0
            elif isinstance(child, LOOPS):
                tags.add("while" if isinstance(child, ast.While) else "for")
                if loops:
                    tags.add("nested-loop")
                inner_loops += 1
            elif isinstance(child, ast.If):
                tags.add("if")
                is_elif = isinstance(node, ast.If) and name == "orelse" and len(value) == 1
                if ifs and not (is_elif and ifs == 1):
                    tags.add("nested-if")
                inner_ifs += not is_elif
            elif isinstance(child, ast.Try):
                tags.add("try")
            elif isinstance(child, ast.Match):
                tags.add("switch")
            visit(child, inner_loops, inner_ifs)


visit(tree, 0, 0)
functions = list(outermost_functions(tree))
values = [1 + decisions(function) for function in functions] or [1 + decisions(tree)]
print("complexity", sum(values) / len(values))
print("tags", ",".join(sorted(tags)))
