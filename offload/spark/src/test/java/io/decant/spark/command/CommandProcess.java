package io.decant.spark.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A command as a process that has ended, on the class path that the distribution has for it.
 *
 * @param status its exit status
 * @param out what it wrote to standard output
 * @param err and to standard error
 */
public record CommandProcess(int status, String out, String err) {

    /** {@code lib/spark} of the distribution. */
    public static final Path JARS = Path.of(System.getProperty("decant.distribution"), "lib", "spark");

    private static final int END_SECONDS_MAX = 240;

    /**
     * Runs it to its end.
     *
     * @param folder that it runs in
     * @param before words before those of the JVM; none: it is started directly
     */
    public static CommandProcess run(Path folder, List<String> before, String mainClass, String... arguments)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(before);
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.add("-Xmx512m");
        words.addAll(List.of(System.getProperty("decant.spark.opens").split(" ")));
        words.addAll(List.of("-cp", JARS.resolve("*").toString(), mainClass));
        words.addAll(List.of(arguments));
        Path out = Files.createTempFile("decant", ".out");
        Path err = Files.createTempFile("decant", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(words)
                    .directory(folder.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().remove("HADOOP_CONF_DIR");
            Process process = builder.start();
            if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(words + " did not end within " + END_SECONDS_MAX + " s");
            }
            return new CommandProcess(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** {@code decant job}. */
    public static CommandProcess job(Path folder, String... arguments) throws IOException, InterruptedException {
        return run(folder, List.of(), "io.decant.spark.JobMain", arguments);
    }
}
