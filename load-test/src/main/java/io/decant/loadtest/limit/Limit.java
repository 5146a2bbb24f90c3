package io.decant.loadtest.limit;

import io.decant.loadtest.load.LoadException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The program that shows the limit.
 *
 * @param name what a report calls it: {@code C}, or {@code Java} where there is no compiler
 * @param command that starts it
 */
public record Limit(String name, List<String> command) {

    private static final String SOURCE = "limit.c";
    private static final long COMPILE_SECONDS_MAX = 60;

    public Limit {
        command = List.copyOf(command);
    }

    /**
     * Compiles the C program; without a compiler, or where it fails, takes the Java one.
     *
     * @param folder where the program goes
     */
    public static Limit in(Path folder) {
        Path program = folder.resolve("limit");
        try (InputStream source = Limit.class.getResourceAsStream(SOURCE)) {
            Path file = folder.resolve(SOURCE);
            Files.copy(source, file);
            Process compiler = new ProcessBuilder("cc", "-O2", "-o", program.toString(), file.toString())
                    .redirectOutput(folder.resolve("cc.log").toFile())
                    .redirectErrorStream(true)
                    .start();
            if (compiler.waitFor(COMPILE_SECONDS_MAX, TimeUnit.SECONDS) && compiler.exitValue() == 0) {
                return new Limit("C", List.of(program.toString()));
            }
            compiler.destroyForcibly();
        } catch (IOException e) {
            // No compiler: what follows is for that.
            return java();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadException("interrupted at the compiler", e);
        }
        return java();
    }

    /** The Java program. */
    static Limit java() {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new Limit(
                "Java",
                List.of(java, "-cp", System.getProperty("java.class.path"), "-Xmx256m", JavaLimit.class.getName()));
    }

    /** Takes one connection and acknowledges what is synced, over a file of {@code bytes}. */
    public LimitProcess ingest(Path file, long bytes) {
        return start("ingest", file.toString(), Long.toString(bytes));
    }

    /** The same into a file that grows from nothing, again and again up to {@code bytes}. */
    public LimitProcess grow(Path file, long bytes) {
        return start("grow", file.toString(), Long.toString(bytes));
    }

    /** Counts the lines of a file in a table. */
    public LimitProcess assign(Path file, long records, boolean exact) {
        return start("assign", file.toString(), Long.toString(records), exact ? "exact" : "hash");
    }

    /** Writes and syncs 4 KiB, again and again. */
    public LimitProcess sync(Path file, int seconds) {
        return start("sync", file.toString(), Integer.toString(seconds));
    }

    private LimitProcess start(String... arguments) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(all)
                    .redirectInput(new File("/dev/null"))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return new LimitProcess(process);
        } catch (IOException e) {
            throw new LoadException("the limit did not start: " + e, e);
        }
    }
}
