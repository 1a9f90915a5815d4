# Runs the program SOURCE with a counter in each loop, and prints the iterations to standard error at its end.
import ast, os, sys


class Counters(ast.NodeTransformer):
    def visit_loop(self, node):
        self.generic_visit(node)
        node.body[:0] = ast.parse("__nola_loops__[0] += 1").body
        return node

    visit_For = visit_AsyncFor = visit_While = visit_loop


count = [0]
scope = {"__name__": "__main__", "__nola_loops__": count}
try:
    exec(compile(ast.fix_missing_locations(Counters().visit(ast.parse(SOURCE))), "main.py", "exec"), scope)
finally:
    sys.stdout.flush()
    os.write(2, f"\nnola-loops {count[0]}\n".encode())
