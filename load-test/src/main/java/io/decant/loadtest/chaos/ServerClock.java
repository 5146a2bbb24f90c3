package io.decant.loadtest.chaos;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;

/**
 * The wall clock of the server's process, which can be set: {@code chaos-clock.c}, loaded before the C library, adds
 * the
 * seconds that a file holds. The clock that measures durations is not touched, as it is when a machine's time is set.
 */
final class ServerClock {

    private final Optional<Path> library;
    private final Path file;
    private long offsetSeconds;

    /** @param library empty where there is none: then the clock cannot be set */
    ServerClock(Optional<Path> library, Path file) throws IOException {
        this.library = library;
        this.file = Files.write(file, new byte[Long.BYTES]);
    }

    boolean canBeSet() {
        return library.isPresent();
    }

    /** What the server's process needs. */
    Map<String, String> environment() {
        return library.map(path -> Map.of("LD_PRELOAD", path.toString(), "DECANT_CHAOS_CLOCK", file.toString()))
                .orElse(Map.of());
    }

    /** Sets it by so many seconds, also under a server that runs. */
    void step(long seconds) throws IOException {
        offsetSeconds += seconds;
        ByteBuffer bytes =
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(0, offsetSeconds);
        // In place: the process has the file mapped.
        Files.write(file, bytes.array(), StandardOpenOption.WRITE);
    }

    /** How far it is from the machine's. */
    long offsetSeconds() {
        return offsetSeconds;
    }
}
