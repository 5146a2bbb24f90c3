package io.decant.loadtest.cases;

import io.decant.config.AckMode;
import io.decant.loadtest.Folders;
import io.decant.loadtest.limit.LimitProcess;
import io.decant.loadtest.load.Flood;
import io.decant.loadtest.load.FloodOptions;
import io.decant.loadtest.load.LoadException;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.server.ProcessUsage;
import io.decant.loadtest.server.ServerSettings;
import io.decant.loadtest.server.ServerUnderTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * From the socket to synced and acknowledged, flat out, with nothing to deliver: a fresh server, or the limit, warmed
 * up and then measured. The acknowledged count must be what was sent, to the record.
 */
final class IngestRound {

    /** Long enough for the compilers of the JVM. */
    static final int WARM_SECONDS = 8;

    private static final long LIMIT_FILE_BYTES = 512L << 20;
    private static final long ROUND_BYTES_MAX = 16L << 30;
    private static final String CACHED_BACKLOG = "journal.cached-backlog";
    /** What {@link #settings} mean for a figure. */
    static final String NOTE =
            "ingest: nothing is delivered, and journal.cached-backlog is 0B, as if that much of it waited already";

    private static final String UNUSED_URL = "http://127.0.0.1:9/";

    private final LoadTest test;
    private final RecordPool pool;
    private final int seconds;

    IngestRound(LoadTest test, RecordPool pool, int seconds) {
        this.test = test;
        this.pool = pool;
        this.seconds = seconds;
    }

    /** The limit: overwrites one file that stays in memory. */
    Pace limit() throws IOException {
        return limit(test.limit().ingest(limitFile(), LIMIT_FILE_BYTES));
    }

    /** The limit where each page of the file is a new one. */
    Pace growingLimit() throws IOException {
        return limit(test.limit().grow(limitFile(), Math.min(ROUND_BYTES_MAX, test.diskBytesMax())));
    }

    private Path limitFile() {
        return test.folder().resolve("limit.data");
    }

    private Pace limit(LimitProcess started) throws IOException {
        try (LimitProcess process = started) {
            int port = Math.toIntExact(process.line().get("port"));
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            try (Flood flood = new Flood(address, pool, FloodOptions.DEFAULT)) {
                flood.start();
                Pace pace = Pace.of(
                        flood,
                        pool.shape().lineBytes(),
                        1,
                        seconds,
                        Long.MAX_VALUE,
                        flood::acknowledged,
                        () -> ProcessUsage.of(process.pid()));
                flood.stop();
                process.awaitEnd();
                return pace;
            }
        } finally {
            Files.deleteIfExists(limitFile());
        }
    }

    /** A server of its own. */
    Pace ours(FloodOptions options, ServerSettings more) throws IOException {
        return of(test.home(), options, more);
    }

    /** A server of the distribution at {@code home}. */
    Pace of(Path home, FloodOptions options, ServerSettings more) throws IOException {
        Path folder = test.folder().resolve("ingest");
        try (ServerUnderTest server = ServerUnderTest.start(home, folder, more.withoutCuts());
                Flood flood = new Flood(server.source(), pool, options)) {
            flood.start();
            LongSupplier count = options.ack() == AckMode.NONE ? server::acknowledged : flood::acknowledged;
            Pace pace = Pace.of(
                    flood,
                    pool.shape().lineBytes(),
                    WARM_SECONDS,
                    seconds,
                    Math.min(ROUND_BYTES_MAX, test.diskBytesMax()),
                    count,
                    server::usage);
            flood.stop();
            Wait.until(
                    () -> server.acknowledged() >= flood.sent(), Verification.PATIENCE_SECONDS, "all is acknowledged");
            if (server.acknowledged() != flood.sent()) {
                throw new LoadException(
                        "the server counts " + server.acknowledged() + " records of " + flood.sent() + " sent");
            }
            return pace;
        } finally {
            Folders.delete(folder);
        }
    }

    /**
     * Settings for a server that has no receiver, and works from the start as it would behind the backlog that
     * it keeps in memory.
     */
    static ServerSettings settings() {
        return ServerSettings.deliveringTo(UNUSED_URL).with(CACHED_BACKLOG, "0B");
    }

    /** The same, with everything kept in the page cache. */
    static ServerSettings cachedSettings() {
        return settings().with(CACHED_BACKLOG, "1TiB");
    }

    /** The settings that make a source answer as a flood expects. */
    static ServerSettings settings(FloodOptions options) {
        return settings()
                .with("sources.load.ack", options.ack().name().toLowerCase(Locale.ROOT))
                .with("sources.load.session", options.sessions() ? "required" : "off");
    }
}
