package io.decant.ingest.endtoend;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A user's job, compiled against what the distribution has in {@code lib/spark}, as the documentation says. */
public final class CompiledJob {

    private static final Path LIBRARIES = Path.of(System.getProperty("decant.distribution"), "lib", "spark");

    private CompiledJob() {}

    /**
     * Compiles a class without a package, and puts it into a jar, which appears whole.
     *
     * @param folder for what comes between
     */
    public static void write(Path folder, Path jar, String className, String source) throws IOException {
        Path work = Files.createTempDirectory(folder, "job");
        Path file = Files.writeString(work.resolve(className + ".java"), source);
        Path classes = Files.createDirectory(work.resolve("classes"));
        String libraries;
        try (Stream<Path> jars = Files.list(LIBRARIES)) {
            libraries = jars.map(Path::toString).collect(Collectors.joining(":"));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("-d", classes.toString(), "-cp", libraries, "-proc:none", "-nowarn");
            if (!compiler.getTask(null, files, null, options, null, files.getJavaFileObjects(file))
                    .call()) {
                throw new IllegalArgumentException("the job does not compile, see above");
            }
        }
        Path fresh = work.resolve("fresh.jar");
        try (OutputStream out = Files.newOutputStream(fresh);
                JarOutputStream packed = new JarOutputStream(out);
                Stream<Path> found = Files.list(classes)) {
            for (Path each : found.sorted().toList()) {
                packed.putNextEntry(new JarEntry(each.getFileName().toString()));
                Files.copy(each, packed);
                packed.closeEntry();
            }
        }
        Files.move(fresh, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
