package io.decant.ingest.cli;

import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.server.Server;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * How far an import is, on one line of a terminal that is written again and again; nothing where errors do not go to a
 * terminal. A thread of its own.
 */
final class ImportProgress implements AutoCloseable {

    private static final long INTERVAL_MILLIS = 500;
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final String START_OF_LINE = "\r";
    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final int SECONDS = 60;

    private final Console console;
    private final Server server;
    private final Optional<Thread> thread;
    private final CountDownLatch ended = new CountDownLatch(1);

    private ImportProgress(Console console, Server server) {
        this.console = console;
        this.server = server;
        this.thread =
                console.errIsTerminal() ? Optional.of(new Thread(this::run, "decant-progress")) : Optional.empty();
        thread.ifPresent(each -> {
            each.setDaemon(true);
            each.start();
        });
    }

    static ImportProgress on(Console console, Server server) {
        return new ImportProgress(console, server);
    }

    private void run() {
        long begun = System.nanoTime();
        long before = rows(tables());
        try {
            while (!ended.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS)) {
                double seconds = (System.nanoTime() - begun) / NANOS;
                console.err().print(CLEAR_LINE + line(tables(), before, seconds) + START_OF_LINE);
                console.err().flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        console.err().print(CLEAR_LINE);
        console.err().flush();
    }

    private Collection<ServerStatus.Table> tables() {
        return server.status().sources().values().stream()
                .flatMap(source -> source.reading().stream())
                .map(ServerStatus.Reading::tables)
                .flatMap(tables -> tables == null ? Stream.empty() : tables.values().stream())
                .toList();
    }

    private static long rows(Collection<ServerStatus.Table> tables) {
        return tables.stream().mapToLong(ServerStatus.Table::rows).sum();
    }

    /**
     * The line.
     *
     * @param before rows that there were when the time began
     */
    static String line(Collection<ServerStatus.Table> tables, long before, double seconds) {
        long rows = rows(tables);
        long about = tables.stream().mapToLong(ServerStatus.Table::rowsAbout).sum();
        double rate = (rows - before) / Math.max(seconds, 1 / NANOS);
        StringBuilder line = new StringBuilder(
                String.format(Locale.ROOT, "imported %,d of about %,d rows, %,.0f/s", rows, about, rate));
        if (rate > 0 && about > rows) {
            line.append(", ")
                    .append(time((long) Math.ceil((about - rows) / rate)))
                    .append(" left");
        }
        tables.stream()
                .map(ServerStatus.Table::error)
                .filter(error -> !error.isEmpty())
                .findFirst()
                .ifPresent(error -> line.append("; ").append(error));
        return line.toString();
    }

    private static String time(long seconds) {
        return seconds < SECONDS
                ? seconds + " s"
                : String.format(Locale.ROOT, "%d min %02d s", seconds / SECONDS, seconds % SECONDS);
    }

    @Override
    public void close() {
        ended.countDown();
        thread.ifPresent(each -> {
            try {
                each.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
