package io.decant.ingest;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Code that breaks a rule on purpose, in the packages that the rule is about. It is compiled for one test and never
 * loaded.
 */
final class Counterexample {
    private final List<Source> sources = new ArrayList<>();

    private record Source(String in, String name, String text) {}

    /** Adds a top-level class. */
    Counterexample with(String in, String name, String text) {
        sources.add(new Source(in, name, text));
        return this;
    }

    /** The classes of this example, and only these. */
    JavaClasses compile(Path folder) {
        try {
            List<Path> files = new ArrayList<>();
            for (Source source : sources) {
                Path file = folder.resolve(source.in.replace('.', '/')).resolve(source.name + ".java");
                Files.createDirectories(file.getParent());
                files.add(Files.writeString(file, "package " + source.in + ";\n" + source.text));
            }
            javac(folder, files);
            return new ClassFileImporter().importPath(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With a class path of its own: nothing of the real packages is seen. */
    private static void javac(Path folder, List<Path> files) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            List<String> options =
                    List.of("-proc:none", "-XDignore.symbol.file", "-cp", folder.toString(), "-d", folder.toString());
            if (!compiler.getTask(said, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files))
                    .call()) {
                throw new AssertionError("the counterexample does not compile: " + said);
            }
        }
    }
}
