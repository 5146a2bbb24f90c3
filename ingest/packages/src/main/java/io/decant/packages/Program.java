package io.decant.packages;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs that the build runs. */
final class Program {
    private static final long MINUTES_MAX = 5;

    private Program() {}

    /**
     * Runs one to its end.
     *
     * @return what it printed
     * @throws IllegalStateException if it ends with another status than 0
     */
    static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException(command + " failed: " + printed);
        }
        return printed;
    }
}
