package io.decant.loadtest.limit;

import io.decant.loadtest.load.LoadException;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A run of the {@link Limit}; what it prints are names and numbers in turn. Owned by one thread. */
public final class LimitProcess implements AutoCloseable {

    private static final long END_SECONDS_MAX = 60;

    private final Process process;
    private final BufferedReader lines;

    LimitProcess(Process process) {
        this.process = process;
        this.lines = process.inputReader();
    }

    /** The next line it prints. */
    public Map<String, Long> line() {
        try {
            String line = lines.readLine();
            if (line == null) {
                throw new LoadException("the limit ended without a result");
            }
            String[] words = line.split(" ", -1);
            Map<String, Long> numbers = new HashMap<>();
            for (int i = 0; i + 1 < words.length; i += 2) {
                numbers.put(words[i], Long.parseLong(words[i + 1]));
            }
            return numbers;
        } catch (IOException e) {
            throw new LoadException("the limit failed: " + e, e);
        }
    }

    public long pid() {
        return process.pid();
    }

    /** Waits for its end, which must be a good one. */
    public void awaitEnd() {
        try {
            if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new LoadException("the limit failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadException("interrupted while the limit ended", e);
        }
    }

    /** Ends it if it still runs. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
