package io.decant.ingest.sink.console;

import static io.decant.ingest.simulation.Happenings.Happening.BATCHES_PRINTED;
import static io.decant.ingest.simulation.Happenings.Happening.PRINTING_FAILED;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.config.ConsoleFormat;
import io.decant.config.ConsoleSinkSettings;
import io.decant.ingest.simulation.Happenings;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.StandardOutput;
import io.decant.ingest.sink.SteppedExecutor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Standard output of the servers of a simulation, which may be closed. What cannot be printed keeps nothing back; what
 * is printed of a batch is true.
 */
public final class SimulatedConsole {

    /** With a limit nothing but the first records are printed, which is what tables are for. */
    private static final int LIMIT_MAX = 20;

    private static final Pattern HEAD =
            Pattern.compile("^batch (\\d+)   \\S+   (\\d+) records?   \\d+ buckets?$", Pattern.MULTILINE);

    private final Random random;
    private final Happenings happenings;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final StandardOutput output = new StandardOutput(new Terminal());
    private SteppedExecutor thread = new SteppedExecutor(false);
    /** Fails no more. */
    public boolean healthy;

    public SimulatedConsole(Random random, Happenings happenings) {
        this.random = random;
        this.happenings = happenings;
    }

    /** Somebody looks, or has gone. */
    private final class Terminal extends OutputStream {

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            if (!healthy && random.nextInt(20) == 0) {
                happenings.count(PRINTING_FAILED);
                throw new IOException("Broken pipe");
            }
            printed.write(from, offset, length);
        }
    }

    /** Other ones at every start. */
    public ConsoleSinkSettings settings() {
        ConsoleFormat[] formats = ConsoleFormat.values();
        return new ConsoleSinkSettings(formats[random.nextInt(formats.length)], random.nextInt(LIMIT_MAX));
    }

    /** The sink of a server that starts now. */
    public Sink sink(String name) {
        thread = new SteppedExecutor(false);
        return new ConsoleSink(name, output, thread, () -> {});
    }

    /** The sink's thread takes a step: a whole batch. */
    public void work() {
        if (random.nextInt(4) == 0 || healthy) {
            thread.work();
        }
    }

    /** @param records how many another sink got, by batch */
    public void verify(Map<Long, Long> records) {
        Matcher heads = HEAD.matcher(printed.toString(UTF_8));
        while (heads.find()) {
            happenings.count(BATCHES_PRINTED);
            long batch = Long.parseLong(heads.group(1));
            long said = Long.parseLong(heads.group(2));
            if (said != records.getOrDefault(batch, 0L)) {
                throw new AssertionError("printed: " + heads.group() + ", and another sink got " + records.get(batch));
            }
        }
    }
}
