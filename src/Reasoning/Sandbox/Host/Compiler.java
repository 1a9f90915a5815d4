import com.sun.source.tree.*;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.*;
import javax.lang.model.element.Modifier;
import javax.tools.*;

/**
 * A compiler that stays warm inside a sandbox of its own. It runs no program: annotation processors are off. A request is a letter and a source; the
 * answer is 0 and messages, or 1 and: for 'c' the class with main and the classes, for 'a' features of the source as "name value" lines, for 'i' the
 * source with a counter in each loop.
 */
public final class Compiler {
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

    public static void main(String[] arguments) throws Exception {
        // Loads the compiler before the first request.
        compile("public class Warm { public static void main(String[] a) { System.out.println(java.util.List.of(1).stream().map(x -> x + 1).toList()); } }");
        OutputStream output = new FileOutputStream(FileDescriptor.out);
        DataInputStream input = new DataInputStream(new FileInputStream(FileDescriptor.in));
        output.write(6);
        while (true) {
            byte[] request = new byte[input.readInt()];
            input.readFully(request);
            String source = new String(request, 1, request.length - 1, StandardCharsets.UTF_8);
            byte[] answer = request[0] == 'c' ? compile(source) : request[0] == 'a' ? analyse(source) : instrument(source);
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            new DataOutputStream(frame).writeInt(answer.length);
            frame.write(answer);
            frame.writeTo(output);
        }
    }

    private static byte[] compile(String source) throws Exception {
        Memory files = new Memory();
        StringBuilder messages = new StringBuilder();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream answer = new DataOutputStream(bytes);
        try {
            JavacTask task = task(source, files, messages);
            String entry = null;
            for (CompilationUnitTree unit : task.parse())
                entry = entryOf(unit);
            task.analyze();
            if (messages.length() == 0 && entry != null)
                task.generate();
            if (messages.length() == 0 && entry != null) {
                answer.writeByte(1);
                answer.writeUTF(entry);
                answer.writeInt(files.classes.size());
                for (Map.Entry<String, ByteArrayOutputStream> item : files.classes.entrySet()) {
                    answer.writeUTF(item.getKey());
                    answer.writeInt(item.getValue().size());
                    item.getValue().writeTo(answer);
                }
                return bytes.toByteArray();
            }
            if (messages.length() == 0)
                messages.append("no class has a main method\n");
        } catch (StackOverflowError | OutOfMemoryError | RuntimeException fault) {
            bytes.reset();
            messages.append("the compiler gave up: ").append(fault.getClass().getName()).append('\n');
        }
        return failure(messages);
    }

    private static byte[] failure(StringBuilder messages) {
        String text = messages.length() > 8192 ? messages.substring(0, 8192) : messages.toString();
        return ("\0" + text).getBytes(StandardCharsets.UTF_8);
    }

    private static JavacTask task(String source, JavaFileManager files, StringBuilder messages) {
        JavaFileObject file = new SimpleJavaFileObject(URI.create("string:///Main.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }

            // The public class may have any name.
            @Override
            public boolean isNameCompatible(String name, JavaFileObject.Kind kind) {
                return kind == JavaFileObject.Kind.SOURCE;
            }
        };
        return (JavacTask) COMPILER.getTask(null, files, message -> {
            if (message.getKind() == Diagnostic.Kind.ERROR)
                messages.append("Main.java:").append(message.getLineNumber()).append(": ").append(message.getMessage(Locale.ROOT)).append('\n');
        }, List.of("-proc:none", "-nowarn", "-Xlint:none", "-g:none"), null, List.of(file));
    }

    private static String entryOf(CompilationUnitTree unit) {
        String prefix = unit.getPackageName() == null ? "" : unit.getPackageName() + ".";
        for (Tree type : unit.getTypeDecls())
            if (type instanceof ClassTree)
                for (Tree member : ((ClassTree) type).getMembers())
                    if (member instanceof MethodTree && isMain((MethodTree) member))
                        return prefix + ((ClassTree) type).getSimpleName();
        return null;
    }

    private static boolean isMain(MethodTree method) {
        return method.getName().contentEquals("main") && method.getParameters().size() == 1
            && method.getParameters().get(0).getType().toString().endsWith("String[]")
            && method.getModifiers().getFlags().contains(Modifier.STATIC);
    }

    private static byte[] analyse(String source) throws Exception {
        StringBuilder messages = new StringBuilder();
        Features features = new Features();
        try {
            for (CompilationUnitTree unit : task(source, new Memory(), messages).parse())
                features.scan(unit, null);
        } catch (StackOverflowError | RuntimeException fault) {
            messages.append("the parser gave up: ").append(fault.getClass().getName());
        }
        return messages.length() > 0 ? failure(messages) : ("\1" + features).getBytes(StandardCharsets.UTF_8);
    }

    // Text is inserted at the places that the parser tells, the last place first.
    private static byte[] instrument(String source) throws Exception {
        StringBuilder messages = new StringBuilder();
        TreeMap<Long, String> insertions = new TreeMap<>(Comparator.reverseOrder());
        try {
            JavacTask task = task(source, new Memory(), messages);
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                String prefix = unit.getPackageName() == null ? "" : unit.getPackageName() + ".";
                new TreeScanner<Void, Void>() {
                    private Void count(StatementTree body) {
                        long start = positions.getStartPosition(unit, body), end = positions.getEndPosition(unit, body);
                        String counter = prefix + "NolaLoops.count++;";
                        if (body instanceof BlockTree)
                            insertions.merge(start + 1, counter, (a, b) -> b + a);
                        else {
                            insertions.merge(start, "{" + counter, (a, b) -> a + b);
                            insertions.merge(end, "}", (a, b) -> a + b);
                        }
                        return null;
                    }

                    @Override
                    public Void visitForLoop(ForLoopTree node, Void unused) {
                        count(node.getStatement());
                        return super.visitForLoop(node, null);
                    }

                    @Override
                    public Void visitEnhancedForLoop(EnhancedForLoopTree node, Void unused) {
                        count(node.getStatement());
                        return super.visitEnhancedForLoop(node, null);
                    }

                    @Override
                    public Void visitWhileLoop(WhileLoopTree node, Void unused) {
                        count(node.getStatement());
                        return super.visitWhileLoop(node, null);
                    }

                    @Override
                    public Void visitDoWhileLoop(DoWhileLoopTree node, Void unused) {
                        count(node.getStatement());
                        return super.visitDoWhileLoop(node, null);
                    }
                }.scan(unit, null);
            }
        } catch (StackOverflowError | RuntimeException fault) {
            messages.append("the parser gave up: ").append(fault.getClass().getName());
        }
        if (messages.length() > 0)
            return failure(messages);
        StringBuilder text = new StringBuilder(source);
        insertions.forEach((place, insertion) -> text.insert(Math.toIntExact(place), insertion));
        text.append("\nclass NolaLoops { static long count; static { Runtime.getRuntime().addShutdownHook(new Thread(() -> System.err.println(\"nola-loops \" + count))); } }\n");
        return ("\1" + text).getBytes(StandardCharsets.UTF_8);
    }

    /** Counts what the analyses ask for. A method's complexity is 1 and 1 for each decision in it. */
    private static final class Features extends TreeScanner<Void, Void> {
        private final List<Integer> complexities = new ArrayList<>();
        private final Set<String> tags = new TreeSet<>();
        private int methods = 0;
        private int decisions = 0;
        private int loops = 0;
        private int ifs = 0;

        @Override
        public Void visitMethod(MethodTree node, Void unused) {
            int outer = decisions, outerLoops = loops, outerIfs = ifs;
            decisions = loops = ifs = 0;
            super.visitMethod(node, null);
            complexities.add(1 + decisions);
            methods++;
            decisions = outer;
            loops = outerLoops;
            ifs = outerIfs;
            return null;
        }

        private void loop(String tag, Runnable inside) {
            decisions++;
            tags.add(tag);
            if (loops > 0)
                tags.add("nested-loop");
            loops++;
            inside.run();
            loops--;
        }

        @Override
        public Void visitForLoop(ForLoopTree node, Void unused) {
            loop("for", () -> super.visitForLoop(node, null));
            return null;
        }

        @Override
        public Void visitEnhancedForLoop(EnhancedForLoopTree node, Void unused) {
            loop("for", () -> super.visitEnhancedForLoop(node, null));
            return null;
        }

        @Override
        public Void visitWhileLoop(WhileLoopTree node, Void unused) {
            loop("while", () -> super.visitWhileLoop(node, null));
            return null;
        }

        @Override
        public Void visitDoWhileLoop(DoWhileLoopTree node, Void unused) {
            loop("while", () -> super.visitDoWhileLoop(node, null));
            return null;
        }

        // An else-if is a chain and no nesting.
        @Override
        public Void visitIf(IfTree node, Void unused) {
            decisions++;
            tags.add("if");
            if (ifs > 0)
                tags.add("nested-if");
            scan(node.getCondition(), null);
            ifs++;
            scan(node.getThenStatement(), null);
            ifs--;
            if (node.getElseStatement() instanceof IfTree)
                scan(node.getElseStatement(), null);
            else {
                ifs++;
                scan(node.getElseStatement(), null);
                ifs--;
            }
            return null;
        }

        @Override
        public Void visitTry(TryTree node, Void unused) {
            tags.add("try");
            return super.visitTry(node, null);
        }

        @Override
        public Void visitCatch(CatchTree node, Void unused) {
            decisions++;
            return super.visitCatch(node, null);
        }

        @Override
        public Void visitSwitch(SwitchTree node, Void unused) {
            tags.add("switch");
            return super.visitSwitch(node, null);
        }

        @Override
        public Void visitSwitchExpression(SwitchExpressionTree node, Void unused) {
            tags.add("switch");
            return super.visitSwitchExpression(node, null);
        }

        @Override
        public Void visitCase(CaseTree node, Void unused) {
            if (!node.getExpressions().isEmpty())
                decisions++;
            return super.visitCase(node, null);
        }

        @Override
        public Void visitConditionalExpression(ConditionalExpressionTree node, Void unused) {
            decisions++;
            return super.visitConditionalExpression(node, null);
        }

        @Override
        public Void visitBinary(BinaryTree node, Void unused) {
            if (node.getKind() == Tree.Kind.CONDITIONAL_AND || node.getKind() == Tree.Kind.CONDITIONAL_OR)
                decisions++;
            return super.visitBinary(node, null);
        }

        @Override
        public String toString() {
            double sum = complexities.stream().mapToInt(x -> x).sum();
            return "complexity " + (methods == 0 ? 1 : sum / methods) + "\ntags " + String.join(",", tags) + "\n";
        }
    }

    /** Classes are written to memory. */
    private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
        private static final StandardJavaFileManager STANDARD = COMPILER.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);
        private final Map<String, ByteArrayOutputStream> classes = new TreeMap<>();

        Memory() {
            super(STANDARD);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            classes.put(name, bytes);
            return new SimpleJavaFileObject(URI.create("memory:///" + name.replace('.', '/') + kind.extension), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return bytes;
                }
            };
        }

        @Override
        public void close() {
            // The standard manager is shared.
        }
    }
}
