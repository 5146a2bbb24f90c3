package io.decant.spark.userjob;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The job in {@code examples/mllib}, compiled, and the jars that it brings, as its page says. */
public final class MllibExample {

    /** Its class. */
    public static final String CLASS = "PointGroups";

    private static final Pattern LIBRARY = Pattern.compile(
            "(spark-(mllib|mllib-local|sql|sql-api|catalyst)|breeze)_2\\.13-[0-9.]+\\.jar|blas-[0-9.]+\\.jar");

    private MllibExample() {}

    /** Compiles it, and writes its own jar. */
    public static Path write(Path jar) throws IOException {
        Path example = Path.of(System.getProperty("decant.root"), "examples/mllib", CLASS + ".java");
        return new JobJar().with(CLASS, Files.readString(example)).write(jar);
    }

    /** Paths of MLlib's jars, which are on the class path of the tests. */
    public static List<String> libraries() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry ->
                        LIBRARY.matcher(Path.of(entry).getFileName().toString()).matches())
                .toList();
    }
}
