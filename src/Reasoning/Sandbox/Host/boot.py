# Runs inside a sandbox: says that it is ready, takes a program from the front of standard input, and becomes it.
import builtins, os, sys, _sitebuiltins
builtins.exit = _sitebuiltins.Quitter("exit", "Ctrl-D")
builtins.quit = _sitebuiltins.Quitter("quit", "Ctrl-D")
sys.path.append("/usr/lib/python3/dist-packages")
sys.argv = ["main.py"]
os.write(1, b"\x06")


def take(count):
    data = b""
    while len(data) < count:
        part = os.read(0, count - len(data))
        if not part:
            os._exit(125)
        data += part
    return data


program = compile(take(int.from_bytes(take(4), "big")), "main.py", "exec", dont_inherit=True)
del builtins, os, sys, _sitebuiltins, take
exec([globals().pop("program")][0])
