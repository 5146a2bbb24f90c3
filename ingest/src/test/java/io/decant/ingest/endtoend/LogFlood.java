package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Connections to the source, of each of which a verbose server logs several lines, in the threads that also serve
 * others, while nobody reads them: first as many as its pipe and its queue take, then more. Once it ends, everything
 * was read.
 */
final class LogFlood implements Pressure {

    /** Connections of which the lines are more than fit anywhere. */
    private static final int CONNECTIONS_MAX = 40_000;
    /** Connections between two looks at what was dropped. */
    private static final int LOOK = 200;

    /** Looks at the pipes, 5 ms apart, after which nothing more is expected. */
    private static final int SILENT_MIN = 10;

    private final PressedServer server;

    LogFlood(PressedServer server) {
        this.server = server;
    }

    @Override
    public void begin() throws IOException {
        long before = felt();
        for (int i = 0; i < CONNECTIONS_MAX && felt() == before; i += LOOK) {
            for (int j = 0; j < LOOK; j++) {
                goOn();
            }
        }
        assertThat(felt()).isGreaterThan(before);
    }

    @Override
    public void goOn() throws IOException {
        server.connect().close();
    }

    /** Lines that were dropped. */
    @Override
    public long felt() throws IOException {
        return server.metrics().get("decant_log_lines_dropped_total").longValue();
    }

    /** Reads what is said until there is no more of it. */
    @Override
    public void end() throws IOException {
        for (int silent = 0; silent < SILENT_MIN; silent++) {
            int bytes = skip(server.process().getInputStream())
                    + skip(server.process().getErrorStream());
            if (bytes > 0) {
                silent = 0;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    @Override
    public void close() {
        // It holds nothing.
    }

    private static int skip(InputStream in) throws IOException {
        int bytes = in.available();
        in.skipNBytes(bytes);
        return bytes;
    }
}
