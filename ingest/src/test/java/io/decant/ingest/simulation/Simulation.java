package io.decant.ingest.simulation;

import io.decant.bucketer.Memory;
import io.decant.config.AckMode;
import io.decant.config.AdminSettings;
import io.decant.config.BatchSettings;
import io.decant.config.BodyFormat;
import io.decant.config.BucketSettings;
import io.decant.config.DataSize;
import io.decant.config.DeadLetterSettings;
import io.decant.config.HostPort;
import io.decant.config.HttpSinkSettings;
import io.decant.config.JournalSettings;
import io.decant.config.KeySpec;
import io.decant.config.MissingKey;
import io.decant.config.OffloadSettings;
import io.decant.config.SessionMode;
import io.decant.config.Settings;
import io.decant.config.SinkSettings;
import io.decant.config.TcpSourceSettings;
import io.decant.ingest.admin.ReplayAnswer;
import io.decant.ingest.batch.BatchOffload;
import io.decant.ingest.batch.InMemoryOffloader;
import io.decant.ingest.batch.StagingPlace;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterException;
import io.decant.ingest.deadletter.DeadLetterReader;
import io.decant.ingest.deadletter.LetterFilter;
import io.decant.ingest.deadletter.LetterLine;
import io.decant.ingest.journal.GroupLimits;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.pipeline.Pipeline;
import io.decant.ingest.pipeline.ReplayRange;
import io.decant.ingest.pipeline.Stage;
import io.decant.ingest.sink.HttpSink;
import io.decant.offload.staging.BlockFileLimits;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * The whole pipeline in one thread, under one seed: clients, a disk that forgets, receivers that fail, a clock that jumps, and
 * crashes at any moment. After every event the four positions must be in order; at the end every record that was acknowledged
 * must have been delivered once, in order, in buckets without duplicates, under keys that never changed their meaning.
 */
final class Simulation {

    private static final int JOURNAL_ID = 0x5EED;
    private static final List<KeyMode> KEY_MODES = List.of(KeyMode.values());
    private static final int EVENTS = 1500;
    /** Rounds in which a healthy world must have delivered everything. */
    private static final int SETTLE_ROUNDS_MAX = 20_000;

    private static final int ASK_AGAIN_ROUNDS = 1_000;

    private final Random random;
    private final KeyMode mode;
    private final Duration retain;
    private final SimulatedDisk disk;
    private final SimulatedDeadLetters deadLetters;
    private final SimulatedSpark spark;
    /** Batches with more bytes than this are parted there. */
    private final Optional<Integer> offloadAbove;

    private final SimulatedSource source;
    private final SimulatedTopic topic;
    private final Map<String, SimulatedReceiver> receivers = new LinkedHashMap<>();
    private final Map<String, SimulatedReceiver.Transport> transports = new LinkedHashMap<>();
    private final List<HttpSink> sinks = new ArrayList<>();
    private Pipeline pipeline;
    private List<Stage> stages = List.of();
    private long nowNanos = 1_000_000_000L;
    private long wallMillis = Instant.parse("2026-11-20T10:00:00Z").toEpochMilli();
    private long syncedBefore;
    private int crashes;
    private int startsOnFullDisk;
    private int startsRefused;
    private int stops;
    private int replays;
    private int replaysRefused;
    private CompletableFuture<ReplayAnswer> asked = CompletableFuture.completedFuture(null);

    Simulation(long seed) {
        this.random = new Random(seed);
        this.mode = KEY_MODES.get(random.nextInt(KEY_MODES.size()));
        this.retain = random.nextBoolean() ? Duration.ZERO : Duration.ofMinutes(random.nextInt(600));
        this.disk = new SimulatedDisk(random);
        this.deadLetters = new SimulatedDeadLetters(disk, random);
        // Of its own, so that seeds without it stay what they were.
        Random offloading = new Random(seed * 0x9E37_79B9_7F4A_7C15L);
        this.spark = new SimulatedSpark(offloading, disk);
        this.offloadAbove = offloading.nextInt(3) == 0 ? Optional.of(offloading.nextInt(3_000)) : Optional.empty();
        this.source = new SimulatedSource(
                random,
                1 + random.nextInt(4),
                20 + random.nextInt(600),
                1 + random.nextInt(40),
                mode == KeyMode.RECORD);
        this.topic = new SimulatedTopic(random, mode);
        for (String name : List.of("api", "archive")) {
            receivers.put(name, new SimulatedReceiver(name, random));
        }
        SimulatedReceiver api = receivers.get("api");
        api.badOneOf = random.nextInt(3) == 0 ? 2 + random.nextInt(30) : 0;
        api.moody = random.nextInt(4) == 0;
        api.itemwise = random.nextBoolean();
        receivers.get("archive").fragile = random.nextInt(3) == 0;
    }

    /** What a run came to, to show that it did something. */
    record Outcome(
            int crashes,
            int batches,
            int requests,
            int repeats,
            int salvaged,
            int segments,
            int startsOnFullDisk,
            int startsRefused,
            int stops,
            int replays,
            int replaysRefused,
            int refusals,
            int letters,
            int lettersReplayed,
            int offloaded,
            int offloadFailures) {}

    Outcome run() {
        long allocated = Memory.allocatedBytes();
        start();
        for (int i = 0; i < EVENTS; i++) {
            try {
                event();
            } catch (SimulatedDisk.Crash e) {
                crash();
            } catch (JournalException e) {
                if (e.kind() != JournalException.Kind.FAILED) {
                    throw e;
                }
                crash();
            } catch (DeadLetterException e) {
                crash();
            }
            check();
        }
        settle();
        cleanUp();
        verify();
        stop();
        if (Memory.allocatedBytes() != allocated) {
            throw new AssertionError(Memory.allocatedBytes() - allocated + " bytes of native memory are left");
        }
        SimulatedReceiver api = receivers.get("api");
        long batches = api.lastBatch();
        return new Outcome(
                crashes,
                (int) batches,
                api.requests,
                api.repeats,
                disk.salvaged,
                disk.segments,
                startsOnFullDisk,
                startsRefused,
                stops,
                replays,
                replaysRefused,
                api.refusals,
                deadLetters().size(),
                deadLetters.replayed().size(),
                spark.jobs,
                spark.failures);
    }

    private void event() {
        int choice = random.nextInt(1000);
        spark.work();
        if (choice < 500) {
            work(stages.get(random.nextInt(stages.size())));
        } else if (choice < 670) {
            source.sendSomething(pipeline.intake(), wallMillis);
        } else if (choice < 750) {
            topic.sendSomething(pipeline.intake(), wallMillis);
        } else if (choice < 880) {
            transports.values().forEach(transport -> transport.work(nowNanos));
        } else if (choice < 970) {
            pass(random.nextInt(20) == 0 ? random.nextInt(3_000) : random.nextInt(30));
        } else if (choice < 975) {
            // Somebody sets the wall clock.
            wallMillis += random.nextInt(4 * 3_600_000) - 2 * 3_600_000;
        } else if (choice < 980) {
            disk.full = !disk.full;
        } else if (choice < 984) {
            disk.crashAfter(random.nextInt(30));
        } else if (choice < 986) {
            disk.failForceAfter(random.nextInt(5));
        } else if (choice < 988) {
            askForLetters();
        } else if (choice < 991) {
            throw new SimulatedDisk.Crash();
        } else {
            stages.forEach(this::work);
        }
    }

    /** An operator sends some dead letters again. */
    private void askForLetters() {
        String sink = random.nextBoolean() ? null : random.nextBoolean() ? "api" : "archive";
        Long batch = random.nextInt(4) == 0 ? (Long) (1 + random.nextLong(10)) : null;
        CompletableFuture<ReplayAnswer> answer = pipeline.replayLetters(new LetterFilter(sink, null, batch, null));
        if (!answer.isDone()) {
            // Another one is told to ask again later.
            asked = answer;
        }
    }

    /** A stage that has nothing to do must not ask for another turn at once: its thread would spin. */
    private void work(Stage stage) {
        if (!stage.work(nowNanos) && stage.wakeAtNanos() <= nowNanos) {
            throw new AssertionError(stage.name() + " did nothing at " + nowNanos + " and is to be woken at "
                    + stage.wakeAtNanos() + ", pressure " + pipeline.pressure());
        }
    }

    private void pass(long millis) {
        nowNanos += millis * 1_000_000 + random.nextInt(1_000_000);
        wallMillis += millis;
    }

    private void check() {
        pipeline.positions().check();
        if (pipeline.positions().synced() < syncedBefore) {
            throw new AssertionError("synced went back from " + syncedBefore + " to "
                    + pipeline.positions().synced());
        }
        syncedBefore = pipeline.positions().synced();
    }

    private void crash() {
        crashes++;
        stops += pipeline.stoppedSinks().size();
        stop();
        powerOff();
        if (random.nextInt(3) == 0) {
            disk.crashAfter(random.nextInt(12));
        }
        start();
    }

    private void powerOff() {
        boolean power = random.nextInt(3) > 0;
        disk.crash(power);
        deadLetters.crash(power);
        spark.crash();
    }

    private void stop() {
        if (pipeline != null) {
            pipeline.close();
            pipeline = null;
        }
        sinks.clear();
    }

    /** Starts a server; it may die while it recovers or find no room at all, and is started again. */
    private void start() {
        disk.crammed = disk.full && random.nextInt(4) == 0;
        Optional<ReplayRange> replay = random.nextBoolean() ? someBatches() : Optional.empty();
        while (pipeline == null) {
            Settings settings = settings();
            sinks.clear();
            settings.sinks().forEach((name, sink) -> sinks.add(sink(name, (HttpSinkSettings) sink)));
            InstantSource clock = () -> Instant.ofEpochMilli(wallMillis);
            try {
                pipeline = new Pipeline(
                        settings,
                        new SimulatedStore(disk),
                        deadLetters,
                        JOURNAL_ID,
                        sinks,
                        Set.of(),
                        replay,
                        new Pipeline.World(
                                clock,
                                random,
                                1 + random.nextInt(3),
                                Runnable::run,
                                new GroupLimits(6, 4 << 10, SimulatedSource.BLOCK_BYTES_MAX, 32 << 10),
                                random.nextBoolean() ? 1L << 30 : 8 << 10,
                                offloadAbove.map(this::offload)),
                        nowNanos);
            } catch (SimulatedDisk.Crash e) {
                sinks.forEach(HttpSink::close);
                powerOff();
            } catch (JournalException e) {
                sinks.forEach(HttpSink::close);
                if (e.kind() == JournalException.Kind.SETTINGS && replay.isPresent()) {
                    replaysRefused++;
                    replay = Optional.empty();
                    continue;
                }
                if (e.kind() != JournalException.Kind.UNREACHABLE || !disk.full) {
                    throw e;
                }
                startsRefused++;
                disk.full = false;
            }
        }
        if (disk.full) {
            startsOnFullDisk++;
        }
        receivers.values().forEach(SimulatedReceiver::oweNothing);
        replay.ifPresent(range -> {
            replays++;
            receivers.get(range.sink()).owe(range.from(), range.to().orElse(range.from()));
        });
        stages = pipeline.stages();
        asked = CompletableFuture.completedFuture(null);
        source.start(pipeline.keptStreams(SimulatedSource.NAME));
        topic.start(pipeline.keptStreams(SimulatedTopic.NAME));
        syncedBefore = 0;
    }

    private BatchOffload.Ground offload(int aboveBytes) {
        return new BatchOffload.Ground(
                aboveBytes,
                32 << 10,
                files -> new BlockFileLimits(4 << 10, 100),
                new StagingPlace(InMemoryOffloader.URI, () -> spark.files),
                spark.new Client(),
                cut -> List.of(),
                random);
    }

    /**
     * Batches that a sink may have had and whose segments may be there yet.
     */
    private Optional<ReplayRange> someBatches() {
        List<String> names = receivers.keySet().stream()
                .filter(name -> !receivers.get(name).refuses())
                .toList();
        String name = names.get(random.nextInt(names.size()));
        // The last one of which something came is seldom there whole, and marked.
        long last = receivers.get(name).lastBatch() - random.nextInt(3);
        if (last < 1) {
            return Optional.empty();
        }
        long from = Math.max(1, last - random.nextInt(6));
        OptionalLong to =
                random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(from + random.nextLong(last - from + 1));
        return Optional.of(new ReplayRange(name, from, to));
    }

    private HttpSink sink(String name, HttpSinkSettings settings) {
        SimulatedReceiver.Transport transport = receivers.get(name).new Transport();
        transports.put(name, transport);
        return new HttpSink(
                name,
                settings,
                transport,
                UnpooledByteBufAllocator.DEFAULT,
                random,
                () -> Instant.ofEpochMilli(wallMillis),
                () -> {});
    }

    /** Other settings at every start: what was cut before must not notice. */
    private Settings settings() {
        Map<String, SinkSettings> sinkSettings = new LinkedHashMap<>();
        for (String name : receivers.keySet()) {
            sinkSettings.put(
                    name,
                    new HttpSinkSettings(
                            URI.create("http://localhost/" + name),
                            BodyFormat.LINES,
                            "",
                            1 + random.nextInt(50),
                            new DataSize(1024 + random.nextInt(1000)),
                            1 + random.nextInt(4),
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(1 + random.nextInt(3)),
                            Map.of()));
        }
        return new Settings(
                "sim-" + random.nextInt(3),
                Path.of("data"),
                Duration.ofSeconds(10),
                Map.of(
                        SimulatedSource.NAME,
                        new TcpSourceSettings(
                                new HostPort("127.0.0.1", 0),
                                new DataSize(1 << 10),
                                100,
                                Duration.ZERO,
                                AckMode.COUNT,
                                SessionMode.REQUIRED,
                                Duration.ofDays(7))),
                new JournalSettings(
                        random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(5),
                        DataSize.ofMebibytes(256),
                        DataSize.ofGibibytes(10),
                        DataSize.ofMebibytes(1),
                        retain,
                        DataSize.ofMebibytes(64)),
                new BatchSettings(
                        Duration.ofMillis(random.nextBoolean() ? 100 : 1000),
                        random.nextBoolean() ? 1_000_000 : 1 + random.nextInt(100)),
                new BucketSettings(KeySpec.parse(mode.spec()), MissingKey.RECORD),
                OffloadSettings.defaults(),
                new DeadLetterSettings(DataSize.ofMebibytes(1)),
                sinkSettings,
                new AdminSettings(new HostPort("127.0.0.1", 0)));
    }

    /** The world becomes well; then everything must come to rest. */
    private void settle() {
        disk.full = false;
        int replaysLeft = random.nextInt(4);
        receivers.values().forEach(receiver -> receiver.healthy = true);
        spark.healthy = true;
        boolean cut = false;
        for (int round = 0; round < SETTLE_ROUNDS_MAX; round++) {
            if (!pipeline.stoppedSinks().isEmpty()) {
                // What was refused before, or is under way as a refusal yet, takes a restart.
                crash();
                cut = false;
            }
            try {
                source.sendAll(pipeline.intake(), wallMillis);
                topic.sendAll(pipeline.intake(), wallMillis);
                stages.forEach(stage -> stage.work(nowNanos));
                spark.work();
                transports.values().forEach(transport -> transport.work(nowNanos));
                pass(20);
            } catch (SimulatedDisk.Crash e) {
                crash();
                cut = false;
            } catch (JournalException | DeadLetterException e) {
                crash();
                cut = false;
            }
            check();
            if (source.isDone() && topic.isDone() && asked.isDone() && !deadLetters.isReplaying() && !cut) {
                pipeline.cutAll();
                cut = true;
            }
            if (deadLetters.isReplaying() && asked.isDone() && round % ASK_AGAIN_ROUNDS == 0) {
                // What the disk had no room for waits for somebody to ask.
                askForLetters();
            }
            if (cut && pipeline.isDrained() && pipeline.stoppedSinks().isEmpty()) {
                if (!pipeline.isDelivered()) {
                    throw new AssertionError("drained, but not delivered: " + pipeline.positions());
                }
                if (replaysLeft-- == 0) {
                    return;
                }
                askForLetters();
                disk.crashAfter(random.nextInt(120));
                cut = false;
            }
        }
        throw new AssertionError(
                "nothing moves any more: " + pipeline.positions() + ", pressure " + pipeline.pressure() + ", sinks "
                        + sinks.stream().map(sink -> sink.status().toString()).toList());
    }

    /** Nothing is left of what was staged, once every sink has it. */
    private void cleanUp() {
        for (int turn = 0; offloadAbove.isPresent() && spark.left().isPresent(); turn++) {
            if (turn == SETTLE_ROUNDS_MAX) {
                throw new AssertionError(
                        "staging is not cleaned: " + spark.left().get());
            }
            stages.forEach(stage -> stage.work(nowNanos));
            spark.work();
            pass(20);
        }
    }

    private void verify() {
        TreeMap<String, Integer> expected = new TreeMap<>();
        source.clients.forEach(client -> client.records.forEach(record -> expected.merge(record, 1, Integer::sum)));
        topic.records().forEach(record -> expected.merge(record, 1, Integer::sum));
        List<DeadLetter> letters = deadLetters();
        List<DeadLetter> everDead = new ArrayList<>(letters);
        everDead.addAll(deadLetters.replayed());
        everDead.forEach(topic::verify);
        receivers.forEach((name, receiver) -> {
            List<DeadLetter> dead = ofSink(name, letters);
            List<String> delivered = receiver.verified(mode, ofSink(name, everDead), batchesOfOthers(name, everDead));
            List<String> passed = new ArrayList<>(delivered);
            dead.forEach(letter -> passed.add(KeyMode.text(letter)));
            TreeMap<String, Integer> counts = new TreeMap<>();
            passed.stream()
                    .filter(record -> !record.startsWith("plain-"))
                    .forEach(record -> counts.merge(record, 1, Integer::sum));
            if (!counts.equals(expected)) {
                throw new AssertionError("rule 2: sink " + name + " got " + difference(counts, expected));
            }
            verifyOrder(name, neverDead(name, delivered));
            verifyConnections(name, passed);
        });
    }

    private static List<DeadLetter> ofSink(String name, Collection<DeadLetter> letters) {
        return letters.stream().filter(letter -> letter.sink().equals(name)).toList();
    }

    private Set<Long> batchesOfOthers(String name, List<DeadLetter> everDead) {
        Set<Long> others = new HashSet<>();
        everDead.stream().filter(letter -> !letter.sink().equals(name)).forEach(letter -> others.add(letter.batch()));
        receivers.forEach((other, receiver) -> {
            if (!other.equals(name)) {
                others.addAll(receiver.batches());
            }
        });
        return others;
    }

    /** What was delivered without being sent again: only that is in the order of the sources. */
    private List<String> neverDead(String name, List<String> delivered) {
        Set<String> again = new HashSet<>();
        ofSink(name, deadLetters.replayed()).forEach(letter -> again.add(KeyMode.text(letter)));
        return delivered.stream().filter(record -> !again.contains(record)).toList();
    }

    private List<DeadLetter> deadLetters() {
        List<DeadLetter> letters = new ArrayList<>();
        try (DeadLetterReader lines = DeadLetterReader.ofDays(deadLetters)) {
            for (LetterLine line = lines.next(); line != null; line = lines.next()) {
                // One that was never synced may be there in part; what it said is said again.
                if (!line.isDamaged()) {
                    letters.add(line.filed().letter());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return letters;
    }

    private static String difference(Map<String, Integer> counts, Map<String, Integer> expected) {
        List<String> wrong = new ArrayList<>();
        Set<String> all = new TreeSet<>(expected.keySet());
        all.addAll(counts.keySet());
        for (String record : all) {
            int got = counts.getOrDefault(record, 0);
            int sent = expected.getOrDefault(record, 0);
            if (got != sent) {
                wrong.add(record + " " + got + " times instead of " + sent);
            }
        }
        return String.join(", ", wrong.subList(0, Math.min(10, wrong.size()))) + " (" + wrong.size() + " differ)";
    }

    /** A key's versions from one client arrive in the order in which it sent them. */
    private void verifyOrder(String sink, List<String> delivered) {
        if (mode == KeyMode.RECORD) {
            return;
        }
        Map<String, Integer> last = new TreeMap<>();
        for (String record : delivered) {
            if (!record.startsWith("plain-")) {
                String[] fields = record.split(",", -1);
                int sequence = Integer.parseInt(fields[2]);
                Integer before = last.put(fields[0] + "," + fields[1], sequence);
                if (before != null && before >= sequence) {
                    throw new AssertionError("order: sink " + sink + " got " + record + " after " + before);
                }
            }
        }
    }

    /** Of a connection, all that was acknowledged is there, once, and what more is there is the next that it sent. */
    private void verifyConnections(String sink, List<String> delivered) {
        Map<String, List<String>> byName = new TreeMap<>();
        delivered.stream().filter(record -> record.startsWith("plain-")).forEach(record -> byName.computeIfAbsent(
                        record.substring(0, record.indexOf(',')), n -> new ArrayList<>())
                .add(record));
        for (SimulatedSource.Connection connection : source.connections) {
            List<String> got = byName.getOrDefault(connection.name, List.of());
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < got.size(); i++) {
                sent.add(connection.record(i));
            }
            List<String> sorted = new ArrayList<>(got);
            Collections.sort(sorted);
            Collections.sort(sent);
            if (got.size() < connection.acknowledged || got.size() > connection.sent || !sorted.equals(sent)) {
                throw new AssertionError("sink " + sink + " got " + got + " of " + connection.name + ", which sent "
                        + connection.sent + " and had " + connection.acknowledged + " acknowledged");
            }
        }
    }
}
