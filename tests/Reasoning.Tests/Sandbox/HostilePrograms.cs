using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;

namespace Nola.Reasoning.Tests.Sandbox;

/// <summary>Programs that mean harm. Each prints ESCAPED when it got what it wanted.</summary>
internal static class HostilePrograms
{
    private const string Try = """
        import ctypes, os, signal, socket, subprocess, sys, threading, time
        libc = ctypes.CDLL(None, use_errno=True)
        def attack(action):
            try:
                if action() not in (None, False, -1):
                    print("ESCAPED")
            except (OSError, MemoryError, ValueError):
                pass

        """;

    public static IEnumerable<Hostile> All => Python.Concat(Java);

    private static IEnumerable<Hostile> Python =>
    [
        new("fork bomb", "while True:\n    try:\n        os.fork()\n    except OSError:\n        pass", Verdict.TimedOut, Verdict.OutOfMemory),
        new("fork bomb that ends at once", "for i in range(100000):\n    try:\n        if os.fork() == 0:\n            time.sleep(100)\n    except OSError:\n        break", Verdict.Passed, Verdict.OutOfMemory, Verdict.TimedOut),
        new("thread bomb", "n = 0\ntry:\n    while n < 10000:\n        threading.Thread(target=time.sleep, args=(100,), daemon=True).start()\n        n += 1\nexcept RuntimeError:\n    pass\nif n > 40: print('ESCAPED')\nos._exit(0)", Verdict.Passed, Verdict.OutOfMemory),
        new("memory hog", "x = []\nwhile True: x.append(bytearray(1 << 20))", Verdict.OutOfMemory),
        new("memory hog with twelve children", "for i in range(12):\n    if os.fork() == 0:\n        x = []\n        while True: x.append(b'x' * (1 << 20))\nwhile True: pass", Verdict.OutOfMemory),
        new("memory in temporary files", "n = 0\nfor folder in ('/tmp/', '/dev/shm/'):\n    for i in range(2000):\n        try:\n            open(folder + str(i), 'wb').write(bytes(1 << 20))\n            n += 1\n        except OSError:\n            break\nif n > 40: print('ESCAPED', n)", Verdict.Passed),
        new("memory in files without names", "attack(lambda: libc.syscall(319, b'x', 0))", Verdict.Passed),
        new("memory in pipes", "p = []\ntry:\n    while len(p) < 100000:\n        p.append(os.pipe())\nexcept OSError:\n    pass\nif len(p) > 200: print('ESCAPED')", Verdict.Passed),
        new("large file", "attack(lambda: os.truncate(os.open('/tmp/x', os.O_CREAT | os.O_WRONLY), 1 << 40) or True)", Verdict.Passed, Verdict.Crashed),
        new("endless loop", "while True: pass", Verdict.TimedOut),
        new("huge power", "9 ** 9 ** 8", Verdict.TimedOut, Verdict.OutOfMemory),
        new("sleep that ignores signals in a session of its own", "for s in range(1, 32):\n    try: signal.signal(s, signal.SIG_IGN)\n    except (OSError, ValueError): pass\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        while True: time.sleep(1000)\n    os._exit(0)\nwhile True: time.sleep(1000)", Verdict.TimedOut),
        new("child that outlives its parent", "if os.fork() == 0:\n    os.setsid()\n    while True: time.sleep(1000)", Verdict.Passed),
        new("child that holds the output open", "subprocess.Popen(['/usr/bin/sleep', '1000'], start_new_session=True)", Verdict.Passed),
        new("closed output and endless loop", "os.close(1); os.close(2)\nwhile True: pass", Verdict.TimedOut),
        new("flood of output", "while True: os.write(1, b'x' * 65536)", Verdict.OutputLimit),
        new("flood of errors", "while True: os.write(2, b'x' * 65536)", Verdict.OutputLimit),
        new("flood by a child", "if os.fork() == 0:\n    while True: os.write(1, b'x' * 65536)\nos.wait()", Verdict.OutputLimit),
        new("terminal sequences and zeros", "os.write(1, b'\\x1b]0;x\\x07\\x00\\xff\\xfe' * 10)", Verdict.Passed),
        new("network", "attack(lambda: socket.create_connection(('1.1.1.1', 53), 2))\nattack(lambda: socket.create_connection(('127.0.0.1', 22), 2))\nattack(lambda: socket.getaddrinfo('example.com', 80))", Verdict.Passed),
        new("other kinds of sockets", "for kind in (2, 10, 16, 17, 40, 38, 31):\n    attack(lambda: socket.socket(kind, socket.SOCK_RAW))\n    attack(lambda: socket.socket(kind, socket.SOCK_DGRAM))", Verdict.Passed),
        new("abstract Unix sockets of the machine", "for line in open('/proc/net/unix').read().splitlines()[1:]:\n    if '@' in line: print('ESCAPED', line)", Verdict.Passed, Verdict.Failed),
        new("writing where it may not", "for path in ('/x', '/usr/x', '/usr/bin/python3', '/proc/sys/kernel/hostname', '/proc/sysrq-trigger', '/dev/x', '/etc/x', '/nola'):\n    attack(lambda: open(path, 'w'))", Verdict.Passed),
        new("secret files", "for path in ('/etc/shadow', '/etc/passwd', '/root', '/home', '/var', '/run', '/sys', '/boot', '/opt', '/work', '/mnt'):\n    if os.path.exists(path): print('ESCAPED', path)", Verdict.Passed),
        new("environment of every process", "for pid in os.listdir('/proc'):\n    if pid.isdigit():\n        try: text = open(f'/proc/{pid}/environ').read()\n        except OSError: continue\n        if 'SECRET' in text or 'DOTNET' in text or 'USER' in text: print('ESCAPED', text)\nif set(os.environ) - {'PATH', 'HOME', 'LANG', 'PYTHONHASHSEED', 'PWD', 'LC_CTYPE'}: print('ESCAPED', os.environ)", Verdict.Passed),
        new("other processes", "if len([p for p in os.listdir('/proc') if p.isdigit()]) > 3: print('ESCAPED')", Verdict.Passed),
        new("killing all", "try: os.kill(-1, signal.SIGKILL)\nexcept OSError: pass\ntime.sleep(0.1)\nos.kill(1, signal.SIGKILL)\nos.kill(os.getppid(), signal.SIGKILL)", Verdict.Passed, Verdict.Crashed, Verdict.Failed),
        new("stopping its parent", "os.kill(os.getppid(), signal.SIGSTOP)\nwhile True: time.sleep(10)", Verdict.TimedOut),
        new("inherited files", "if set(os.listdir('/proc/self/fd')) - {'0', '1', '2', '3'}: print('ESCAPED', os.listdir('/proc/self/fd'))\nfor fd in range(3, 1024):\n    attack(lambda: os.fstat(fd))", Verdict.Passed),
        new("files of its first process", "for fd in os.listdir('/proc/1/fd'):\n    if not os.readlink('/proc/1/fd/' + fd).startswith(('pipe:', 'anon_inode:[eventfd]')): print('ESCAPED')\n    if int(fd) > 2: attack(lambda: open('/proc/1/fd/' + fd, 'w'))\nattack(lambda: open('/proc/1/root/etc/passwd').read())\nattack(lambda: open('/proc/1/cwd/../etc/hostname').read())", Verdict.Passed),
        new("ptrace", "attack(lambda: libc.ptrace(16, 1, 0, 0))\nattack(lambda: libc.ptrace(0, 0, 0, 0))", Verdict.Passed),
        new("memory of its first process", "attack(lambda: open('/proc/1/mem', 'rb+').read(1))", Verdict.Passed),
        new("namespaces", "attack(lambda: libc.unshare(0x10000000) == 0 or None)\nattack(lambda: libc.unshare(0x00020000) == 0 or None)\nattack(lambda: libc.setns(0, 0) == 0 or None)\nattack(lambda: libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0) >= 0 or None)", Verdict.Passed),
        new("mounts", "attack(lambda: libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0 or None)\nattack(lambda: libc.umount2(b'/usr', 2) == 0 or None)\nattack(lambda: libc.chroot(b'/tmp') == 0 or None)", Verdict.Passed),
        new("keys of the kernel", "attack(lambda: libc.syscall(250, 0, -3, 1) >= 0 or None)\nattack(lambda: libc.syscall(248, b'user', b'a', b'b', 1, -3) >= 0 or None)", Verdict.Passed),
        new("kernel calls that go far", "for number in (321, 298, 323, 425, 428, 430, 442, 175, 246, 169, 103, 304, 310, 500, 1000):\n    attack(lambda: libc.syscall(number, 0, 0, 0, 0, 0, 0) >= 0 or None)", Verdict.Passed),
        new("calls of another architecture", "attack(lambda: libc.syscall(0x40000000 + 39) > 0 or None)", Verdict.Crashed),
        new("becoming root", "attack(lambda: os.setuid(0) or True)\nattack(lambda: os.setgid(0) or True)\nif os.path.exists('/usr/bin/su'):\n    attack(lambda: subprocess.run(['/usr/bin/su', '-c', 'id -u'], capture_output=True).stdout == b'0\\n' or None)", Verdict.Passed),
        new("links out", "os.symlink('/etc/shadow', '/tmp/a')\nattack(lambda: open('/tmp/a').read())\nattack(lambda: os.link('/usr/bin/python3', '/tmp/b') or True)\nattack(lambda: os.mknod('/tmp/c', 0o060600, os.makedev(8, 0)) or True)", Verdict.Passed),
        new("raising its limits", "import resource\nfor limit in (resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE):\n    attack(lambda: resource.setrlimit(limit, (resource.getrlimit(limit)[1] + 1,) * 2) or True)", Verdict.Passed),
        new("core dump", "os.abort()", Verdict.Crashed),
        new("deep recursion", "sys.setrecursionlimit(10 ** 9)\ndef f(): f()\nf()", Verdict.Crashed, Verdict.OutOfMemory, Verdict.Failed, Verdict.TimedOut),
        new("parser bomb", "eval('(' * 5000)\n", Verdict.Failed, Verdict.OutOfMemory, Verdict.Crashed),
        new("cgroups", "attack(lambda: os.listdir('/sys/fs/cgroup'))\nattack(lambda: open('/proc/self/cgroup').read().count('nola') > 0 and False)", Verdict.Passed),
        new("typing into the terminal", "import fcntl\nattack(lambda: fcntl.ioctl(0, 0x5412, b'x') == 0 or None)\nattack(lambda: open('/dev/tty', 'w'))", Verdict.Passed),
        new("pretending to be ready", "os.write(1, b'\\x06' * 10)\nos._exit(0)", Verdict.Passed),
        new("endless input", "while True:\n    if not os.read(0, 1): os._exit(3)", Verdict.Failed),
    ];

    private static IEnumerable<Hostile> Java =>
    [
        InMain("heap", "List<long[]> x = new ArrayList<>(); while (true) x.add(new long[1 << 18]);", Verdict.OutOfMemory),
        InMain("direct buffers", "List<Object> x = new ArrayList<>(); while (true) x.add(java.nio.ByteBuffer.allocateDirect(1 << 20));", Verdict.OutOfMemory),
        InMain("threads", "while (true) new Thread(() -> { try { Thread.sleep(100000); } catch (Exception e) { } }).start();", Verdict.OutOfMemory, Verdict.TimedOut, Verdict.Crashed),
        InMain("processes", "List<Process> x = new ArrayList<>(); try { while (x.size() < 1000) x.add(new ProcessBuilder(\"/usr/bin/sleep\", \"1000\").start()); } catch (Exception e) { } if (x.size() > 200) System.out.println(\"ESCAPED\"); System.exit(0);", Verdict.Passed, Verdict.OutOfMemory, Verdict.TimedOut),
        InMain("endless loop", "while (true) { }", Verdict.TimedOut),
        InMain("endless loop in threads that cannot be stopped", "Runtime.getRuntime().addShutdownHook(new Thread(() -> { while (true) { } })); System.exit(0);", Verdict.TimedOut),
        InMain("flood", "while (true) System.out.println(\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\");", Verdict.OutputLimit),
        InMain("sockets", "try { new java.net.Socket(\"127.0.0.1\", 22); System.out.println(\"ESCAPED\"); } catch (Exception e) { } try { new java.net.ServerSocket(0); System.out.println(\"ESCAPED\"); } catch (Exception e) { }", Verdict.Passed),
        InMain("files", "for (String p : new String[] { \"/etc/passwd\", \"/root\", \"/home\", \"/work\" }) if (new java.io.File(p).exists()) System.out.println(\"ESCAPED \" + p); for (String p : new String[] { \"/x\", \"/usr/x\", \"/nola/Boot.class\", \"/nola/x\" }) try { new java.io.FileOutputStream(p); System.out.println(\"ESCAPED \" + p); } catch (Exception e) { }", Verdict.Passed),
        InMain("environment", "System.getenv().keySet().forEach(k -> { if (!List.of(\"PATH\", \"HOME\", \"LANG\", \"PYTHONHASHSEED\", \"PWD\").contains(k)) System.out.println(\"ESCAPED \" + k); });", Verdict.Passed),
        InMain("deep recursion", "new Object() { int f(int n) { return f(n + 1) + 1; } }.f(0);", Verdict.Failed),
        InMain("killing its parent", "new ProcessBuilder(\"/usr/bin/kill\", \"-9\", \"-1\").start().waitFor(); new ProcessBuilder(\"/usr/bin/kill\", \"-9\", \"1\").start().waitFor();", Verdict.Passed, Verdict.Crashed),
        InMain("unsafe memory", "java.lang.reflect.Field f = Class.forName(\"sun.misc.Unsafe\").getDeclaredField(\"theUnsafe\"); f.setAccessible(true); Object u = f.get(null); u.getClass().getMethod(\"putAddress\", long.class, long.class).invoke(u, 0L, 0L);", Verdict.Crashed, Verdict.Failed),
        InMain("halt", "Runtime.getRuntime().halt(0);", Verdict.Passed),
        new("source that the compiler chokes on", "public class Main { public static void main(String[] a) { int x = " + new string('(', 20_000) + "1" + new string(')', 20_000) + "; } }", Verdict.Failed) { Language = ProgramLanguage.Java },
        new("annotation processor", "@javax.annotation.processing.SupportedAnnotationTypes(\"*\") public class Main extends javax.annotation.processing.AbstractProcessor { public boolean process(java.util.Set<? extends javax.lang.model.element.TypeElement> s, javax.annotation.processing.RoundEnvironment r) { System.exit(5); return true; } static { System.exit(6); } public static void main(String[] a) { } }", Verdict.Failed, Verdict.Passed) { Language = ProgramLanguage.Java },
    ];

    private static Hostile InMain(string name, string body, params Verdict[] allowed) =>
        new(name, $"import java.util.*; public class Main {{ public static void main(String[] a) throws Throwable {{ {body} }} }}", allowed) { Language = ProgramLanguage.Java };

    public sealed record Hostile(string Name, string Body, params Verdict[] Allowed)
    {
        public ProgramLanguage Language { get; init; }

        public string Code => Language == ProgramLanguage.Python ? Try + Body : Body;
    }
}
