package io.decant.loadtest.cases;

import io.decant.loadtest.Folders;
import io.decant.loadtest.load.Flood;
import io.decant.loadtest.load.FloodOptions;
import io.decant.loadtest.load.LoadException;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.load.RecordShape;
import io.decant.loadtest.peer.KafkaPeer;
import io.decant.loadtest.peer.MeasuredPeer;
import io.decant.loadtest.peer.RedisPeer;
import io.decant.loadtest.peer.RsyslogPeer;
import io.decant.loadtest.peer.SparkPeer;
import io.decant.loadtest.receive.CountingReceiver;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Target;
import io.decant.loadtest.server.ProcessUsage;
import io.decant.loadtest.server.RedisServer;
import io.decant.loadtest.server.ServerUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What people would use in Decant's place, in the same run: how many records a second, at what processor time and in
 * how much memory. Those that only store are compared with ingest, Spark with delivery. Each turn is a fresh process,
 * warmed up; a peer that is not there is named and left out.
 */
final class PeersCase implements LoadCase {

    private static final int SECONDS = 5;
    /** Spark delivers a batch a second. */
    private static final int SPARK_SECONDS_MIN = 10;

    private static final int WARM_SECONDS = 8;
    /** Its compilers have more to do. */
    private static final int SPARK_WARM_SECONDS = 20;

    private static final String STORED = "Decant, synced and acknowledged";
    private static final String DELIVERED = "Decant, delivered";

    /** Starts a peer for a turn, and has it sent records. */
    private interface Start {
        MeasuredPeer in(Path folder) throws IOException;
    }

    /**
     * A peer that is there.
     *
     * @param isDelivery whether it is compared with delivery
     * @param rate what ours is expected to be of its rate
     * @param cpu the same of its processor time
     * @param memory the same of its memory
     */
    private record Kind(String name, boolean isDelivery, Target rate, Target cpu, Target memory, Start start) {}

    private final int warmSeconds;
    private final int sparkWarmSeconds;

    PeersCase() {
        this(WARM_SECONDS, SPARK_WARM_SECONDS);
    }

    /**
     * @param warmSeconds of a peer, from its first record on, which are not measured
     * @param sparkWarmSeconds the same of Spark
     */
    PeersCase(int warmSeconds, int sparkWarmSeconds) {
        this.warmSeconds = warmSeconds;
        this.sparkWarmSeconds = sparkWarmSeconds;
    }

    @Override
    public String name() {
        return "peers";
    }

    @Override
    public String title() {
        return "what people would use in its place: records/s, processor time and memory, flat out";
    }

    /** Half an hour, and not every machine has them. */
    @Override
    public boolean inTable() {
        return false;
    }

    @Override
    public CaseReport run(LoadTest test) throws IOException {
        RecordPool pool = RecordPool.of(RecordShape.STANDARD, IngestCase.CHUNK_BYTES, test.seed());
        List<String> notes = new ArrayList<>(List.of(
                "generator, receiver and producer are on the same cores; a fresh process a turn; memory at its end",
                "rsyslog and Spark acknowledge nothing, and Spark syncs nothing; Redis keeps the last million records"
                        + " in memory"));
        List<Kind> kinds = kinds(test, pool, notes);
        Map<Kind, Series<Pace>> theirs = new LinkedHashMap<>();
        Series<Pace> stored = new Series<>();
        Series<Pace> delivered = new Series<>();
        IngestRound ingest = new IngestRound(test, pool, test.secondsOr(SECONDS));
        for (int i = 0; i < test.rounds(); i++) {
            test.progress("round " + (i + 1) + " of " + test.rounds() + ": ours");
            stored.add(ingest.ours(FloodOptions.DEFAULT, IngestRound.settings()));
            delivered.add(deliver(test, pool));
            for (Kind kind : kinds) {
                test.progress("round " + (i + 1) + " of " + test.rounds() + ": " + kind.name());
                theirs.computeIfAbsent(kind, some -> new Series<>()).add(turn(test, kind));
            }
        }
        List<Row> rows = new ArrayList<>();
        rows.addAll(own(STORED, stored));
        rows.addAll(own(DELIVERED, delivered));
        theirs.forEach((kind, series) -> rows.addAll(
                kind.isDelivery() ? rows(DELIVERED, delivered, kind, series) : rows(STORED, stored, kind, series)));
        return new CaseReport(
                name(),
                title(),
                rows,
                notes,
                List.of("ours: as many records acknowledged as were sent, and as many delivered: held"),
                true);
    }

    private static List<Kind> kinds(LoadTest test, RecordPool pool, List<String> notes) {
        List<Kind> kinds = new ArrayList<>();
        Path broker = test.home().resolve("lib/kafka-broker");
        if (Files.isDirectory(broker)) {
            kinds.add(new Kind(
                    "Kafka, acks=all, flush.messages=1, batches of 1 MB",
                    false,
                    Target.atLeast(12),
                    null,
                    null,
                    folder -> new KafkaPeer(broker, folder, pool)));
        } else {
            notes.add("Kafka: skipped, the distribution has no lib/kafka-broker");
        }
        RedisServer.program()
                .ifPresentOrElse(
                        program -> kinds.add(new Kind(
                                "Redis, XADD, appendfsync always",
                                false,
                                Target.atLeast(20),
                                null,
                                null,
                                folder -> new RedisPeer(program, folder, RecordShape.STANDARD, test.seed()))),
                        () -> notes.add("Redis: skipped, no redis-server is installed"));
        RsyslogPeer.program()
                .ifPresentOrElse(
                        program -> kinds.add(new Kind(
                                "rsyslog, imtcp to a synced file",
                                false,
                                null,
                                null,
                                null,
                                folder -> new RsyslogPeer(program, folder, pool))),
                        () -> notes.add("rsyslog: skipped, no rsyslogd is installed"));
        SparkPeer.jars(test.home())
                .ifPresentOrElse(
                        jars -> kinds.add(new Kind(
                                "Spark DStreams, write-ahead log, buckets POSTed",
                                true,
                                Target.atLeast(25),
                                Target.atMost(0.05),
                                Target.atMost(0.1),
                                folder -> new SparkPeer(jars, folder, pool))),
                        () -> notes.add("Spark: skipped, the distribution has no lib/spark and lib/spark-streaming"));
        return kinds;
    }

    private Pace deliver(LoadTest test, RecordPool pool) throws IOException {
        Path folder = test.folder().resolve("peers");
        int seconds = Math.max(DeliverCase.SECONDS_MIN, test.secondsOr(SECONDS));
        try (CountingReceiver receiver = new CountingReceiver();
                ServerUnderTest server =
                        ServerUnderTest.start(test.home(), folder, DeliverCase.settings(receiver.url()));
                Flood flood = new Flood(server.source(), pool, FloodOptions.DEFAULT)) {
            flood.start();
            long start = System.nanoTime() + TimeUnit.SECONDS.toNanos(warmSeconds);
            Pace pace = Pace.of(
                    flood,
                    pool.shape().lineBytes(),
                    warmSeconds,
                    seconds,
                    Long.MAX_VALUE,
                    receiver.ledger()::records,
                    server::usage);
            double ofWholeBatches = receiver.ledger().pace(start, System.nanoTime());
            flood.stop();
            server.drain();
            DeliverCase.requireSound(receiver.ledger());
            if (receiver.ledger().records() != flood.sent()) {
                throw new LoadException(
                        receiver.ledger().records() + " records were delivered of " + flood.sent() + " sent");
            }
            return new Pace(
                    ofWholeBatches == 0 ? pace.recordsPerSecond() : ofWholeBatches,
                    pace.cpuSecondsPerMillion(),
                    pace.residentBytes());
        } finally {
            Folders.delete(folder);
        }
    }

    private Pace turn(LoadTest test, Kind kind) throws IOException {
        Path folder = test.folder().resolve("peer");
        int seconds = test.secondsOr(SECONDS);
        try (MeasuredPeer peer = kind.start().in(folder)) {
            awaitFirst(peer, kind.name());
            watch(peer, kind.isDelivery() ? sparkWarmSeconds : warmSeconds);
            Optional<ProcessUsage> before = peer.usage();
            long recordsBefore = peer.records();
            long start = System.nanoTime();
            watch(peer, kind.isDelivery() ? Math.max(SPARK_SECONDS_MIN, seconds) : seconds);
            double records = peer.records() - recordsBefore;
            double took = (System.nanoTime() - start) / 1e9;
            Optional<ProcessUsage> after = peer.usage();
            double cpu = after.map(ProcessUsage::cpuSeconds).orElse(Double.NaN)
                    - before.map(ProcessUsage::cpuSeconds).orElse(Double.NaN);
            return new Pace(
                    records / took,
                    cpu * 1e6 / records,
                    after.map(usage -> (double) usage.residentBytes()).orElse(Double.NaN));
        } finally {
            Folders.delete(folder);
        }
    }

    private static void awaitFirst(MeasuredPeer peer, String name) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Verification.PATIENCE_SECONDS);
        while (peer.records() == 0) {
            if (System.nanoTime() - deadline > 0) {
                throw new LoadException(name + ": no record was done in " + Verification.PATIENCE_SECONDS + " s");
            }
            watch(peer, 1);
        }
    }

    private static void watch(MeasuredPeer peer, int seconds) {
        Wait.orEnough(TimeUnit.SECONDS.toNanos(seconds), () -> {
            peer.requireRunning();
            return false;
        });
    }

    private static List<Row> own(String what, Series<Pace> ours) {
        return List.of(
                Row.of(what, "records/s", ours.stats(Pace::recordsPerSecond)),
                Row.of(what + ": CPU", "s a million", ours.stats(Pace::cpuSecondsPerMillion)),
                Row.of(what + ": resident memory", "B", ours.stats(Pace::residentBytes)));
    }

    private static List<Row> rows(String what, Series<Pace> ours, Kind kind, Series<Pace> theirs) {
        return List.of(
                new Row(
                        what,
                        "records/s",
                        ours.stats(Pace::recordsPerSecond),
                        Optional.of(kind.name()),
                        Optional.of(theirs.stats(Pace::recordsPerSecond)),
                        Optional.ofNullable(kind.rate())),
                new Row(
                        what + ": CPU",
                        "s a million",
                        ours.stats(Pace::cpuSecondsPerMillion),
                        Optional.of(kind.name()),
                        Optional.of(theirs.stats(Pace::cpuSecondsPerMillion)),
                        Optional.ofNullable(kind.cpu())),
                new Row(
                        what + ": resident memory",
                        "B",
                        ours.stats(Pace::residentBytes),
                        Optional.of(kind.name()),
                        Optional.of(theirs.stats(Pace::residentBytes)),
                        Optional.ofNullable(kind.memory())));
    }
}
