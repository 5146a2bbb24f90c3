package io.decant.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A command of the distribution that has run to its end, in a process of its own.
 *
 * @param status its exit status
 * @param out what it wrote to standard output
 * @param err and to standard error
 */
record Command(int status, String out, String err) {

    /** The launcher that the build made. */
    static final Path DECANT = Path.of(System.getProperty("decant.distribution"), "bin/decant");

    private static final int END_SECONDS_MAX = 120;

    /** Runs {@code decant} with these arguments. */
    static Command run(String... arguments) throws IOException, InterruptedException {
        return run(Map.of(), END_SECONDS_MAX, arguments);
    }

    /**
     * The same.
     *
     * @param environment beside this process's own
     */
    static Command run(Map<String, String> environment, int secondsMax, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(DECANT.toString()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile("decant", ".out");
        Path err = Files.createTempFile("decant", ".err");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(secondsMax, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " did not end within " + secondsMax + " s");
            }
            return new Command(process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
