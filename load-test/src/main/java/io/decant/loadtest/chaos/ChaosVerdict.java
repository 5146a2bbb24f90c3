package io.decant.loadtest.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The end of a run: everything is healthy, the senders end, the server delivers and stops, and the ledgers are
 * compared.
 */
final class ChaosVerdict {

    /** Keeps the server running meanwhile. */
    @FunctionalInterface
    interface Tending {
        void tend() throws IOException;
    }

    private static final long PATIENCE_MILLIS = TimeUnit.MINUTES.toMillis(10);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** A sink that has not all records by its settings is done when nothing has come for so long. */
    private static final long QUIET_MILLIS = 60_000;

    /** Within such a run some batch is large. */
    private static final long SPLIT_MILLIS_MIN = TimeUnit.MINUTES.toMillis(15);

    private final ChaosOptions options;
    private final ChaosLog log;
    private final ChaosWorld world;
    private final Tending tending;
    private final List<String> faults = new ArrayList<>();

    ChaosVerdict(ChaosOptions options, ChaosLog log, ChaosWorld world, Tending tending) {
        this.options = options;
        this.log = log;
        this.world = world;
        this.tending = tending;
    }

    /**
     * What is wrong; empty if nothing.
     *
     * @param extraAdded how often the sink extra came into the settings
     */
    List<String> faults(int extraAdded) throws Exception {
        world.senders.forEach(ChaosSender::stop);
        for (ChaosSender sender : world.senders) {
            await("sender " + sender.name() + " has its acknowledgements", sender::hasEnded);
        }
        world.kafkaSender.requireInTopic();
        Map<String, Long> sent = world.sent();
        log.say("sent: " + sent);
        await("sink api has everything", () -> {
            synchronized (world.apiParts) {
                return world.apiLedger.has(sent);
            }
        });
        await("sink files has everything", () -> {
            world.files.sweep(0);
            return world.filesLedger.has(sent);
        });
        for (DeliveredRows table : world.tables) {
            awaitRows(table);
        }
        if (world.hdfs != null) {
            await(
                    "sink cluster has everything",
                    () -> world.hdfs.batches(ChaosWorld.HDFS_FOLDER) >= world.files.batches());
        }
        int status = world.server.stop();
        if (status != 0) {
            faults.add("the server stopped with status " + status + ", " + world.server.log());
        }
        compare(sent, extraAdded);
        return faults;
    }

    private void compare(Map<String, Long> sent, int extraAdded) throws Exception {
        world.files.sweep(0);
        world.senders.forEach(sender -> faults.addAll(sender.violations()));
        ChaosLedger.Scope ofRows = options.earlier().isPresent() ? ChaosLedger.Scope.SUFFIX : ChaosLedger.Scope.ALL;
        synchronized (world.apiParts) {
            world.apiParts.requireWhole(true);
            faults.addAll(world.apiLedger.faults(sent, ChaosLedger.Scope.ALL, 1));
        }
        synchronized (world.extraParts) {
            world.extraParts.requireWhole(false);
            faults.addAll(world.extraLedger.faults(sent, ChaosLedger.Scope.RUNS, extraAdded));
        }
        faults.addAll(world.filesLedger.faults(sent, ChaosLedger.Scope.ALL, 1));
        for (DeliveredRows table : world.tables) {
            ChaosLedger ledger = table.read();
            faults.addAll(ledger.faults(sent, ofRows, 1));
            log.say(table.sink() + ": " + ledger.records() + " records");
        }
        requireNoDeadLetters();
        log.say(world.sentTotal() + " records sent and acknowledged");
        log.say("api: " + world.apiLedger.records() + " records in " + world.apiParts.batches() + " batches, "
                + world.apiParts.repeats() + " requests repeated under their keys");
        log.say("files: " + world.filesLedger.records() + " records in " + world.files.batches() + " batches, "
                + world.files.repeats() + " of them there again after they had been removed");
        if (world.hdfs != null) {
            compareHdfs(sent);
        }
        if (world.yarn != null) {
            long split = world.server.timesSaid("split on Spark into");
            log.say("YARN: " + split + " batches were split there");
            if (split == 0 && options.lengthMillis() >= SPLIT_MILLIS_MIN) {
                faults.add("no batch was split on YARN");
            }
        }
        log.say("extra: " + world.extraLedger.records() + " records in " + world.extraParts.batches()
                + " batches; added " + extraAdded + " times");
    }

    private void compareHdfs(Map<String, Long> sent) throws IOException {
        Path local = options.work().resolve("from-hdfs");
        world.hdfs.copy(ChaosWorld.HDFS_FOLDER, local);
        DeliveredFiles copied = new DeliveredFiles(local, world.hdfsLedger);
        copied.sweep(0);
        faults.addAll(world.hdfsLedger.faults(sent, ChaosLedger.Scope.ALL, 1));
        log.say("cluster: " + world.hdfsLedger.records() + " records in " + copied.batches() + " batches on HDFS");
    }

    /** No record of the run gives a reason for one. */
    private void requireNoDeadLetters() throws IOException {
        Path letters = world.disk.root().resolve("data/dlq");
        if (Files.isDirectory(letters)) {
            try (Stream<Path> all = Files.walk(letters)) {
                for (Path file : all.filter(Files::isRegularFile).toList()) {
                    if (file.toString().endsWith(".ndjson") && Files.size(file) > 0) {
                        faults.add("dead letters in " + file);
                    }
                }
            }
        }
    }

    private void awaitRows(DeliveredRows table) throws Exception {
        long total = world.sentTotal();
        long[] last = {-1, 0};
        await("sink " + table.sink() + " has everything, or nothing more comes", () -> {
            long count = table.count();
            if (count != last[0]) {
                last[0] = count;
                last[1] = log.millis();
            }
            return count >= total || (options.earlier().isPresent() && log.millis() - last[1] > QUIET_MILLIS);
        });
    }

    /** Something that is to become true. */
    @FunctionalInterface
    private interface Condition {
        boolean holds() throws IOException, SQLException;
    }

    private void await(String what, Condition condition) throws Exception {
        long deadline = log.millis() + PATIENCE_MILLIS;
        while (!condition.holds()) {
            if (log.millis() > deadline) {
                faults.add("not within " + PATIENCE_MILLIS / 1_000 + " s: " + what + "; " + world.server.log());
                return;
            }
            tending.tend();
            LockSupport.parkNanos(LOOK_NANOS);
        }
        log.say("  " + what);
    }
}
