# Starts a bubblewrap sandbox for each program, enforces its limits and cleans up after it; also when the host process is killed, which this one
# notices because its standard input ends. It runs no code of others: only the sandboxes do.
#
# It exists because a sandbox must be the child of a process with a single thread (Linux sends the signal of a parent's death when the *thread* that
# started the child ends), must join its cgroup and change its user between fork and exec, and must be cleaned up by one who outlives the host.
#
# Without bubblewrap (the switch for trusted programs) it starts the same programs bare: in a folder and a session of their own, with the limits that
# the system gives to processes, and kills their trees.
#
# Protocol: JSON lines. In: {"do": "setup", ...}, {"do": "kind", "name", "kind"}, {"do": "run", "id", "kind", "input", "seconds", "output"}, {"do": "stop", "id"}.
# Out: one line for "setup", and one line for each run. Bytes are base64.
import base64, ctypes, json, os, platform, resource, selectors, shutil, signal, socket, struct, tempfile, time

READY = b"\x06"                # a sandbox writes this before it takes its program
START_SECONDS = 60             # time for a sandbox to become ready
GRACE_SECONDS = 5              # time for the last pipe to close after the end
PREFIX = "nola-sandbox."
USERS, BLOCKS = 500, 10        # user numbers of one keeper; keepers on one machine

# What the host had open is not for sandboxes; whatever is opened from here on closes by itself when a program is started.
for fd in [int(name) for name in os.listdir("/proc/self/fd")]:
    if fd > 2:
        try:
            os.close(fd)
        except OSError:
            pass

libc = ctypes.CDLL(None, use_errno=True)
selector = selectors.DefaultSelector()


# -- seccomp --------------------------------------------------------------------------------------------------------------------------------

# Calls that no program of the tasks needs and that reach far into the kernel: (x86-64, arm64).
DENIED = dict(
    ptrace=(101, 117), process_vm_readv=(310, 270), process_vm_writev=(311, 271), kcmp=(312, 272), process_madvise=(440, 440), pidfd_getfd=(438, 438),
    keyctl=(250, 219), add_key=(248, 217), request_key=(249, 218), bpf=(321, 280), perf_event_open=(298, 241), userfaultfd=(323, 282),
    mount=(165, 40), umount2=(166, 39), pivot_root=(155, 41), chroot=(161, 51), unshare=(272, 97), setns=(308, 268), open_tree=(428, 428),
    move_mount=(429, 429), fsopen=(430, 430), fsconfig=(431, 431), fsmount=(432, 432), fspick=(433, 433), mount_setattr=(442, 442),
    kexec_load=(246, 104), kexec_file_load=(320, 294), init_module=(175, 105), finit_module=(313, 273), delete_module=(176, 106), reboot=(169, 142),
    swapon=(167, 224), swapoff=(168, 225), sethostname=(170, 161), setdomainname=(171, 162), settimeofday=(164, 170), clock_settime=(227, 112),
    adjtimex=(159, 171), clock_adjtime=(305, 266), acct=(163, 89), quotactl=(179, 60), quotactl_fd=(443, 443), syslog=(103, 116),
    open_by_handle_at=(304, 265), name_to_handle_at=(303, 264), io_uring_setup=(425, 425), io_uring_enter=(426, 426), io_uring_register=(427, 427),
    memfd_create=(319, 279), memfd_secret=(447, 447), lookup_dcookie=(212, 18), nfsservctl=(180, 42), vhangup=(153, 58), personality=(135, 92),
    fanotify_init=(300, 262), iopl=(172, None), ioperm=(173, None), modify_ldt=(154, None), uselib=(134, None), sysfs=(139, None), _sysctl=(156, None))
NEWEST = 462                   # later calls than those known here do not exist in a sandbox
ARCHITECTURES = {"x86_64": (0xC000003E, 0, dict(clone=56, clone3=435, socket=41, ioctl=16)),
                 "aarch64": (0xC00000B7, 1, dict(clone=220, clone3=435, socket=198, ioctl=29))}


def seccomp():
    """The filter as BPF: the calls above fail, new namespaces fail, sockets are Unix sockets only, terminals cannot be typed into."""
    number, column, calls = ARCHITECTURES[platform.machine()]
    code = []
    add = lambda operation, yes, no, value: code.append(struct.pack("<HBBI", operation, yes, no, value))
    load, equal, greater_equal, set_bits, give = 0x20, 0x15, 0x35, 0x45, 0x06
    kill, allow = 0x80000000, 0x7FFF0000
    fails = lambda error: 0x00050000 | error
    add(load, 0, 0, 4)                                                   # architecture
    add(equal, 1, 0, number); add(give, 0, 0, kill)
    add(load, 0, 0, 0)                                                   # call
    if number == 0xC000003E:
        add(greater_equal, 0, 1, 0x40000000); add(give, 0, 0, kill)      # x32
    add(greater_equal, 0, 1, NEWEST + 1); add(give, 0, 0, fails(38))     # ENOSYS
    add(equal, 0, 1, calls["clone3"]); add(give, 0, 0, fails(38))        # the C library then uses clone, whose flags can be seen
    for entry in DENIED.values():
        if entry[column] is not None:
            add(equal, 0, 1, entry[column]); add(give, 0, 0, fails(1))   # EPERM
    add(equal, 0, 4, calls["clone"]); add(load, 0, 0, 16); add(set_bits, 0, 1, 0x7E020000); add(give, 0, 0, fails(1)); add(give, 0, 0, allow)
    add(equal, 0, 4, calls["socket"]); add(load, 0, 0, 16); add(equal, 1, 0, 1); add(give, 0, 0, fails(97)); add(give, 0, 0, allow)
    add(equal, 0, 5, calls["ioctl"]); add(load, 0, 0, 24); add(equal, 1, 0, 0x5412); add(equal, 0, 1, 0x541C); add(give, 0, 0, fails(1)); add(give, 0, 0, allow)
    add(give, 0, 0, allow)
    return b"".join(code)


# -- cgroups --------------------------------------------------------------------------------------------------------------------------------

def read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def write(path, text):
    with open(path, "w") as file:
        file.write(str(text))


def started_at(pid):
    fields = read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 else None


class Cgroups:
    """Where groups can be made: {"": folder} for v2, {"memory": folder, "pids": folder} for v1, {} where they cannot be made."""

    def __init__(self):
        self.own = PREFIX + f"{os.getpid()}.{started_at(os.getpid())}."
        self.count = 0
        self.folders = {}
        self.reason = "no cgroup is writable"
        own = {}
        for line in read("/proc/self/cgroup").splitlines():
            _, names, path = line.split(":", 2)
            for name in names.split(","):
                own[name] = path
        for line in read("/proc/self/mountinfo").splitlines():
            fields, _, rest = line.partition(" - ")
            kind, _, options = rest.split(" ", 2)
            point = fields.split()[4]
            if kind == "cgroup2" and "memory" in read(point + "/cgroup.controllers").split():
                self.try_v2(point)
            elif kind == "cgroup":
                for name in {"memory", "pids"} & set(options.split(",")):
                    for folder in (point + own.get(name, "/").rstrip("/"), point):
                        if self.usable(folder):
                            self.folders[name] = folder
                            break
        if "" not in self.folders and len(self.folders) == 1:
            self.folders = {}
        self.sweep()

    def try_v2(self, point):
        try:
            write(point + "/cgroup.subtree_control", "+memory +pids")
        except OSError as fault:
            self.reason = f"{point}/cgroup.subtree_control: {fault.strerror}"
        if {"memory", "pids"} <= set(read(point + "/cgroup.subtree_control").split()) and self.usable(point):
            self.folders = {"": point}

    def usable(self, folder):
        try:
            os.mkdir(f"{folder}/{self.own}test")
            os.rmdir(f"{folder}/{self.own}test")
            return True
        except OSError:
            return False

    def sweep(self):
        """Removes groups of keepers that are gone."""
        for folder in self.folders.values():
            for name in os.listdir(folder):
                if name.startswith(PREFIX):
                    pid, started = (name.split(".") + ["", ""])[1:3]
                    if started_at(pid) != started:
                        end_group(f"{folder}/{name}")

    def make(self, memory, processes):
        self.count += 1
        group = [f"{folder}/{self.own}{self.count}" for folder in self.folders.values()]
        for (name, _), path in zip(self.folders.items(), group):
            os.mkdir(path)
            if name in ("", "pids"):
                write(path + "/pids.max", processes + 3)                 # bubblewrap itself takes up to three
            if name == "":
                write(path + "/memory.max", memory)
                for key, value in (("memory.swap.max", 0), ("memory.oom.group", 1)):
                    if os.path.exists(f"{path}/{key}"):
                        write(f"{path}/{key}", value)
            if name == "memory":
                write(path + "/memory.limit_in_bytes", memory)
                if os.path.exists(path + "/memory.memsw.limit_in_bytes"):
                    write(path + "/memory.memsw.limit_in_bytes", memory)
        return group


def members(path):
    return [int(pid) for pid in read(path + "/cgroup.procs").split()]


def end_group(path):
    """Kills what is in a group and removes it; whether it is gone."""
    for pid in members(path):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
    try:
        os.rmdir(path)
    except FileNotFoundError:
        pass
    except OSError:
        return False
    return True


def killed_for_memory(group):
    for path in group:
        for line in (read(path + "/memory.oom_control") + read(path + "/memory.events")).splitlines():
            if line.startswith("oom_kill ") and line.split()[1] != "0":
                return True
    return False


# -- sandboxes ------------------------------------------------------------------------------------------------------------------------------

class Keeper:
    def __init__(self, setup):
        self.kinds = {}
        self.bwrap = setup["bwrap"]
        self.take_users(setup["firstUser"])
        self.filter = seccomp()
        self.cgroups = Cgroups()
        self.users = set()
        self.idle = {}                                     # by kind: started and not in use
        self.all = set()
        self.leftovers = []                                # groups that were still busy when they should have gone

    def take_users(self, first):
        """Reserves user numbers that no other keeper on this machine uses; the system frees the reservation when this process ends, however it ends."""
        for block in range(first, first + USERS * BLOCKS, USERS):
            self.reservation = socket.socket(socket.AF_UNIX)
            try:
                self.reservation.bind(f"\0{PREFIX}users.{block}")
                self.free_users = range(block, block + USERS)
                return
            except OSError:
                self.reservation.close()
        raise SystemExit(f"all {BLOCKS} blocks of user numbers from {first} on are taken by other sandboxes of this machine")

    def add_kind(self, name, kind):
        self.kinds[name] = kind
        self.idle[name] = []

    def start(self, name):
        kind = self.kinds[name]
        box = Box()
        box.name, box.kind = name, kind
        box.user = next(number for number in self.free_users if number not in self.users)
        self.users.add(box.user)
        box.group = self.cgroups.make(kind["memory"], kind["processes"])
        argv, environment, files = self.contained(kind) if self.bwrap else self.bare(box)
        (input_read, box.input), (box.output, output_write), (box.error, error_write) = os.pipe(), os.pipe(), os.pipe()
        box.pid = os.fork()
        if box.pid == 0:
            try:
                self.become(box, input_read, output_write, error_write, files)
                os.execve(argv[0], argv, environment)
            except BaseException as fault:
                os.write(2, str(fault).encode())
            finally:
                os._exit(126)
        for fd in [input_read, output_write, error_write] + files:
            os.close(fd)
        for fd in (box.input, box.output, box.error):
            os.set_blocking(fd, False)
        box.process = os.pidfd_open(box.pid)
        selector.register(box.output, selectors.EVENT_READ, (box, self.on_output))
        selector.register(box.error, selectors.EVENT_READ, (box, self.on_error))
        selector.register(box.process, selectors.EVENT_READ, (box, self.on_exit))
        box.deadline = time.monotonic() + START_SECONDS
        self.all.add(box)
        return box

    def contained(self, kind):
        """What to start, with which environment and files, in bubblewrap."""
        files = [self.file(self.filter)]
        argv = [self.bwrap, "--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
                "--disable-userns", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "sandbox", "--seccomp", str(files[0]),
                "--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev"]
        for link in ("bin", "sbin", "lib", "lib64"):
            if os.path.islink("/" + link):
                argv += ["--symlink", os.readlink("/" + link), "/" + link]
            elif os.path.isdir("/" + link):
                argv += ["--ro-bind", "/" + link, "/" + link]
        for path in kind["readable"]:
            argv += ["--ro-bind-try", path, path]
        for path, content in kind["files"].items():
            files.append(self.file(base64.b64decode(content)))
            argv += ["--ro-bind-data", str(files[-1]), path]
        for path in ("/tmp", "/dev/shm"):
            argv += ["--size", str(kind["temporary"]), "--tmpfs", path]
        argv += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp"]
        for key, value in kind["environment"].items():
            argv += ["--setenv", key, value]
        return argv + ["--", "/usr/bin/prlimit", f"--nproc={kind['processes']}", "--"] + kind["command"], {}, files

    def bare(self, box):
        """What to start, with which environment and files, without bubblewrap."""
        box.folder = tempfile.mkdtemp(prefix=PREFIX, dir="/tmp")
        for path, content in box.kind["files"].items():
            with open(box.folder + "/" + os.path.basename(path), "wb") as file:
                file.write(base64.b64decode(content))
        if os.getuid() == 0:
            for path in [box.folder] + [entry.path for entry in os.scandir(box.folder)]:
                os.chown(path, box.user, box.user)
        argv = [box.folder + part[5:] if part == "/nola" or part.startswith("/nola/") else part for part in box.kind["command"]]
        return argv + ["bare"], {**box.kind["environment"], "HOME": box.folder, "TMPDIR": box.folder}, []

    def file(self, content):
        fd = os.memfd_create("nola", 0)
        os.write(fd, content)
        os.lseek(fd, 0, os.SEEK_SET)
        return fd

    def become(self, box, standard_input, output, error, files):
        """In the child: what every sandbox is before bubblewrap begins."""
        os.setsid()
        for number, fd in enumerate((standard_input, output, error)):
            os.dup2(fd, number)
        for fd in files:
            os.set_inheritable(fd, True)
        for path in box.group:
            write(path + "/cgroup.procs", 0)
        if box.folder:
            os.chdir(box.folder)
        limits = {resource.RLIMIT_CORE: 0, resource.RLIMIT_NOFILE: 256, resource.RLIMIT_FSIZE: box.kind["temporary"], resource.RLIMIT_CPU: box.kind["cpuSeconds"],
                  resource.RLIMIT_MEMLOCK: 65536, resource.RLIMIT_MSGQUEUE: 0}
        if not box.group and box.kind["limitAddressSpace"]:
            limits[resource.RLIMIT_AS] = box.kind["memory"]
        if box.folder and os.getuid() == 0:
            limits[resource.RLIMIT_NPROC] = box.kind["processes"]   # of a user of its own
        for limit, value in limits.items():
            hard = resource.getrlimit(limit)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(limit, (value, value))
        if os.getuid() == 0:
            os.setgroups([])
            os.setresgid(box.user, box.user, box.user)
            os.setresuid(box.user, box.user, box.user)
        libc.prctl(38, 1, 0, 0, 0)                         # no new privileges
        libc.prctl(1, signal.SIGKILL, 0, 0, 0)             # die with the keeper
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        os.umask(0o077)

    def run(self, command):
        name = command["kind"]
        idle = self.idle[name]
        box = idle.pop(0) if idle else self.start(name)
        box.id = command["id"]
        box.seconds = command["seconds"]
        box.limit = command["output"]
        box.pending = base64.b64decode(command["input"])
        if box.is_ready:
            self.feed(box)
        self.keep_spares(name)

    def keep_spares(self, name):
        while len(self.idle[name]) < self.kinds[name]["spares"]:
            self.idle[name].append(self.start(name))

    def feed(self, box):
        box.fed_at = time.monotonic()
        box.deadline = box.fed_at + box.seconds
        selector.register(box.input, selectors.EVENT_WRITE, (box, self.on_input))

    def on_input(self, box):
        try:
            written = os.write(box.input, box.pending[:65536])
        except BlockingIOError:
            return
        except OSError:
            written = len(box.pending)                     # the program does not read on
        box.pending = box.pending[written:]
        if not box.pending:
            selector.unregister(box.input)
            if not box.kind["lasts"]:
                box.close("input")

    def on_output(self, box):
        data = self.take(box, "output")
        if data and not box.is_ready:
            box.is_ready = data.startswith(READY)
            if not box.is_ready:
                return self.kill(box, "start")
            data = data[1:]
            box.deadline = None
            if box.id is not None:
                self.feed(box)
        box.out += data
        if box.kind["lasts"] and box.id is not None and len(box.out) >= 4 and len(box.out) >= 4 + struct.unpack(">I", box.out[:4])[0]:
            self.answered(box)
        elif len(box.out) > box.limit:
            self.kill(box, "output")

    def on_error(self, box):
        box.err += self.take(box, "error")
        if len(box.err) > box.limit:
            self.kill(box, "output")

    def take(self, box, stream):
        try:
            data = os.read(getattr(box, stream), 65536)
        except BlockingIOError:
            return b""
        if not data:
            box.close(stream)
            self.end_if_over(box)
        return data

    def on_exit(self, box):
        box.status = os.waitstatus_to_exitcode(os.waitpid(box.pid, 0)[1])
        if box.folder:
            self.kill_tree(box)
            box.status = 128 - box.status if box.status < 0 else box.status   # as bubblewrap tells a signal
        box.ended_at = time.monotonic()
        box.close("process")
        # What is left of the tree dies with its process 1; a pipe that stays open nonetheless is not waited for.
        box.deadline = box.ended_at + GRACE_SECONDS
        self.end_if_over(box)

    def end_if_over(self, box):
        if box.process is None and box.output is None and box.error is None and box in self.all:
            self.end(box)

    def kill(self, box, why):
        box.killed = box.killed or why
        try:
            os.kill(box.pid, signal.SIGKILL)
        except OSError:
            pass
        for path in box.group:
            for pid in members(path):
                try:
                    os.kill(pid, signal.SIGKILL)
                except OSError:
                    pass
        if box.folder:
            self.kill_tree(box)

    def kill_tree(self, box):
        """Kills what a bare program started, until nothing of it is found: its session, and what left that but has its environment."""
        mark = ("TMPDIR=" + box.folder).encode()
        for _ in range(20):
            found = False
            for name in filter(str.isdigit, os.listdir("/proc")):
                fields = read(f"/proc/{name}/stat").rpartition(")")[2].split()
                try:
                    with open(f"/proc/{name}/environ", "rb") as file:
                        is_mine = mark in file.read()
                except OSError:
                    is_mine = False
                if len(fields) > 3 and fields[0] != "Z" and (is_mine or fields[3] == str(box.pid)):
                    found = True
                    try:
                        os.kill(int(name), signal.SIGKILL)
                    except OSError:
                        pass
            if not found:
                return

    def answered(self, box):
        """A lasting sandbox gave its answer and is free for the next."""
        length = 4 + struct.unpack(">I", box.out[:4])[0]
        self.tell(box, box.out[4:length])
        box.out, box.err, box.id, box.deadline = b"", b"", None, None
        box.uses += 1
        if box.uses < box.kind["uses"]:
            self.idle[box.name].append(box)
        else:
            self.kill(box, "worn")

    def end(self, box):
        self.all.discard(box)
        for stream in ("input", "output", "error", "process"):
            box.close(stream)
        if box in self.idle[box.name]:
            self.idle[box.name].remove(box)
        memory = killed_for_memory(box.group)
        if os.getuid() == 0 and (box.killed or memory):
            self.kill_user(box.user)
        if box.folder:
            shutil.rmtree(box.folder, ignore_errors=True)
        self.leftovers += [path for path in box.group if not end_group(path)]
        self.users.discard(box.user)
        if box.id is not None:
            self.tell(box, box.out, memory)

    def kill_user(self, user):
        """Kills whatever a slot's user still runs, should anything have got out of the tree."""
        pid = os.fork()
        if pid == 0:
            try:
                os.setresuid(user, user, user)
                os.kill(-1, signal.SIGKILL)
            except OSError:
                pass
            finally:
                os._exit(0)
        os.waitpid(pid, 0)

    def tell(self, box, output, memory=False):
        send(id=box.id, ready=box.is_ready, status=box.status, killed=box.killed, memory=memory, output=base64.b64encode(output[:box.limit]).decode(),
             error=base64.b64encode(box.err[:box.limit]).decode(), seconds=(box.ended_at or time.monotonic()) - (box.fed_at or time.monotonic()))

    def stop(self, id):
        for box in self.all:
            if box.id == id:
                self.kill(box, "stopped")

    def tick(self):
        """Kills what is over its time; the seconds until the next one is."""
        self.reap()
        now = time.monotonic()
        for box in list(self.all):
            if box.deadline is not None and box.deadline <= now:
                if box.process is None:
                    self.end(box)
                else:
                    box.deadline = None
                    self.kill(box, "time" if box.is_ready else "start")
        self.leftovers = [path for path in self.leftovers if not end_group(path)]
        deadlines = [box.deadline for box in self.all if box.deadline is not None]
        if self.leftovers:
            deadlines.append(now + 0.05)
        return max(0, min(deadlines) - time.monotonic()) if deadlines else None

    def reap(self):
        """Takes leave of orphans of sandboxes, which become children of the keeper; whether no child is left."""
        known = {box.pid for box in self.all if box.process is not None}
        while True:
            try:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return True
            if ended is None or ended.si_pid in known:
                return False
            os.waitpid(ended.si_pid, 0)

    def close(self):
        for box in list(self.all):
            box.id = None
            self.kill(box, "closed")
        limit = time.monotonic() + 2 * GRACE_SECONDS
        while time.monotonic() < limit:
            self.tick()
            if self.reap() and not self.all and not self.leftovers:
                break
            pump(0.02)
        for box in list(self.all):
            self.end(box)
        self.tick()


class Box:
    """One sandbox: a bubblewrap process, its pipes, its group."""
    folder = id = seconds = fed_at = ended_at = deadline = status = killed = None
    pending = out = err = b""
    is_ready = False
    uses = 0
    limit = 65536              # bytes of output, and of errors

    def close(self, stream):
        fd = getattr(self, stream)
        if fd is not None:
            setattr(self, stream, None)
            if fd in selector.get_map():
                selector.unregister(fd)
            os.close(fd)


# -- the host -------------------------------------------------------------------------------------------------------------------------------

unsent = b""


def send(**message):
    """Answers wait here when the host is slow to read them: the keeper must not stand still meanwhile."""
    global unsent
    unsent += json.dumps(message).encode() + b"\n"
    flush(None)


def flush(_):
    global unsent
    try:
        unsent = unsent[os.write(1, unsent):]
    except BlockingIOError:
        pass
    except OSError:
        unsent = b""                                       # the host is gone; the end of standard input tells
    registered = 1 in selector.get_map()
    if unsent and not registered:
        selector.register(1, selectors.EVENT_WRITE, (None, flush))
    elif not unsent and registered:
        selector.unregister(1)


def pump(seconds):
    for key, _ in selector.select(seconds):
        box, action = key.data
        if key.fd in selector.get_map() and selector.get_map()[key.fd].data == key.data:
            action(box)


class Host:
    def __init__(self):
        self.buffer = b""
        self.keeper = None
        self.is_over = False

    def on_command(self, _):
        data = os.read(0, 1 << 20)
        if not data:
            self.is_over = True
            return
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            command = json.loads(line)
            if command["do"] == "setup":
                self.keeper = Keeper(command)
                groups = self.keeper.cgroups
                send(id=0, cgroups=sorted(groups.folders.values()), reason=None if groups.folders else groups.reason, root=os.getuid() == 0)
            elif command["do"] == "kind":
                self.keeper.add_kind(command["name"], command["kind"])
            elif command["do"] == "run":
                self.keeper.run(command)
            elif command["do"] == "stop":
                self.keeper.stop(command["id"])

    def end(self, *_):
        self.is_over = True

    def serve(self):
        signal.signal(signal.SIGTERM, self.end)
        wake, woken = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(woken, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
        selector.register(wake, selectors.EVENT_READ, (None, lambda _: os.read(wake, 4096)))
        libc.prctl(36, 1, 0, 0, 0)                         # orphans of sandboxes become children of this process
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        os.set_blocking(1, False)
        selector.register(0, selectors.EVENT_READ, (None, self.on_command))
        while not self.is_over:
            pump(self.keeper.tick() if self.keeper else None)
        if self.keeper:
            selector.unregister(0)
            self.keeper.close()


if os.getpid() != os.getsid(0):
    try:
        os.setsid()                                        # Ctrl+C in the host's terminal is the host's affair
    except OSError:
        pass
Host().serve()
