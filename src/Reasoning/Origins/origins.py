# Makes problems of the originals of HumanEval (JSON lines) and MBPP (a JSON array) on standard input, by Python's own parser; nothing of them is run.
# Prints one JSON object a line: a problem, or the id of one that is left out with the reason.
#
# A problem asks about the first of its asserts that compares one call of its function with a literal, one with more than empty arguments if there is any.
import ast, doctest, json, sys


def is_literal(node):
    try:
        ast.literal_eval(node)
        return True
    except (ValueError, TypeError):
        return False


def names(*nodes):
    return {item.id for node in nodes for item in ast.walk(node) if isinstance(item, ast.Name)}


def on_one_line(source, node):
    text = ast.get_source_segment(source, node)
    return ast.unparse(node) if "\n" in text else text


def question(source, test, function):
    """A call and the literal that it must give, or why there are none."""
    is_equation = isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], (ast.Eq, ast.Is))
    call, expected = (test.left, test.comparators[0]) if is_equation else (test.operand if isinstance(test, ast.UnaryOp) else test, None)
    if not isinstance(call, ast.Call) or names(call.func) != {function}:
        return "no test compares the value of a call itself"
    if expected is None:
        return "the tests tell only whether the value counts as true"
    if names(*call.args, *call.keywords):
        return "the arguments are no constants"
    if not is_literal(expected):
        return "the expected value is no literal"
    return on_one_line(source, call), on_one_line(source, expected)


def is_telling(asked):
    return not isinstance(asked, str) and any(ast.unparse(item) not in ("[]", "()", "{}", "''") for item in ast.parse(asked[0]).body[0].value.args)


def best_question(source, asserts, function):
    found = [question(source, item.test, function) for item in asserts] or ["no test compares the value of a call itself"]
    return next(filter(is_telling, found), next((item for item in found if not isinstance(item, str)), found[0]))


def asserts_of(body):
    return [item for item in body if isinstance(item, ast.Assert)]


def texts(source):
    """Where functions have texts that are statements, such as docstrings, as byte offsets, the last first."""
    starts = [0]
    for line in source.encode().split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    functions = [item for item in ast.walk(ast.parse(source)) if isinstance(item, ast.FunctionDef)]
    found = [item for function in functions for item in function.body if isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant) and isinstance(item.value.value, str)]
    return sorted({(starts[item.lineno - 1] + item.col_offset, starts[item.end_lineno - 1] + item.end_col_offset) for item in found}, reverse=True)


def without_texts(source):
    data = source.encode()
    for start, end in texts(source):
        data = data[: data.rindex(b"\n", 0, start) + 1] + data[data.index(b"\n", end) + 1 :]
    return data.decode()


def without_doctests(prompt):
    data = prompt.encode()
    for start, end in texts(prompt):
        # The bar keeps the parser from taking away the indentation that all lines share.
        parts = doctest.DocTestParser().parse("|" + data[start + 3 : end - 3].decode())
        data = data[: start + 3] + "".join(part for part in parts if isinstance(part, str))[1:].encode() + data[end - 3 :]
    return data.decode()


def problem(dataset, id, code, asked, **rest):
    if isinstance(asked, str):
        return {"id": id, "left_out": asked}
    call, output = asked
    return {"dataset": dataset, "id": id, "language": "python", "code": code, "input": call, "output": output, "assert": f"assert {call} == {output}", **rest}


def human_eval(item):
    function, test = item["entry_point"], item["test"]
    check = next(part for part in ast.parse(test).body if isinstance(part, ast.FunctionDef) and part.name == "check")
    candidate = check.args.args[0].arg
    asked = best_question(test, asserts_of(check.body), candidate)
    if not isinstance(asked, str):
        asked = function + asked[0].removeprefix(candidate), asked[1]
    code = without_texts(item["prompt"] + item["canonical_solution"])
    return problem("humaneval", item["task_id"], code, asked, nl=without_doctests(item["prompt"]), all_asserts=test)


def mbpp(item):
    tests = "\n".join(item["test_list"])
    called = names(*asserts_of(ast.parse(tests).body))
    function = next(part for part in ast.parse(item["code"]).body if isinstance(part, ast.FunctionDef) and part.name in called)
    asked = best_question(tests, asserts_of(ast.parse(tests).body), function.name)
    signature = ast.unparse(ast.FunctionDef(function.name, function.args, [ast.Pass()], [], function.returns, lineno=0)).split(":\n")[0]
    return problem("mbpp", str(item["task_id"]), item["code"], asked, nl=item["prompt"], signature=signature, all_asserts="\n".join(item["test_imports"] + [tests]))


text = sys.stdin.read()
for item in json.loads(text) if text.startswith("[") else map(json.loads, filter(None, text.split("\n"))):
    print(json.dumps(mbpp(item) if "test_list" in item else human_eval(item)))
