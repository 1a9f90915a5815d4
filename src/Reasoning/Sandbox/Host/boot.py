# Runs inside a sandbox: says that it is ready, takes a program from the front of standard input, and becomes it.
import builtins, os, sys, time, _sitebuiltins
builtins.exit = _sitebuiltins.Quitter("exit", "Ctrl-D")
builtins.quit = _sitebuiltins.Quitter("quit", "Ctrl-D")
sys.path.append("/usr/lib/python3/dist-packages")
is_bare = sys.argv[1:] == ["bare"]
sys.argv = ["main.py"]


def is_closed(fd):
    return int(fd) <= 2 or os.readlink("/proc/1/fd/" + fd).startswith("anon_inode:")


# bubblewrap's process 1 starts this one before it has closed what it opened on the machine; no program may begin until it has.
while not is_bare:
    try:
        if all(map(is_closed, os.listdir("/proc/1/fd"))):
            break
    except OSError:
        pass
    time.sleep(0.001)
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
del builtins, os, sys, time, _sitebuiltins, is_bare, is_closed, take
exec([globals().pop("program")][0])
