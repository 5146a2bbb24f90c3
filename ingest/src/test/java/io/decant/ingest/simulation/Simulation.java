package io.decant.ingest.simulation;

import io.decant.config.HttpSinkSettings;
import io.decant.config.Settings;
import io.decant.config.SinkSettings;
import io.decant.ingest.admin.ReplayAnswer;
import io.decant.ingest.batch.MemoryTrialStore;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.LetterFilter;
import io.decant.ingest.deadletter.Reason;
import io.decant.ingest.history.History;
import io.decant.ingest.history.Sample;
import io.decant.ingest.journal.GroupLimits;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalId;
import io.decant.ingest.pipeline.Lane;
import io.decant.ingest.pipeline.Pipeline;
import io.decant.ingest.pipeline.PipelineContext;
import io.decant.ingest.pipeline.PipelineStorage;
import io.decant.ingest.pipeline.ReplayRange;
import io.decant.ingest.pipeline.StartOptions;
import io.decant.ingest.sink.BuilderThreads;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkContext;
import io.decant.ingest.sink.SinkStatus;
import io.decant.ingest.sink.http.HttpSink;
import io.decant.ingest.stage.Stage;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The whole pipeline in one thread, under one seed: clients, a disk that forgets, receivers that fail, a clock that
 * jumps, and crashes at any moment. After every event the four positions must be in order; at the end every record that
 * was acknowledged must have been delivered once, in order, in buckets without duplicates, under keys that never
 * changed their meaning.
 */
final class Simulation {

    private static final int JOURNAL_ID = 0x5EED;
    private static final List<KeyMode> KEY_MODES = List.of(KeyMode.values());
    private static final int EVENTS = 1500;
    /** Rounds in which a healthy world must have delivered everything. */
    private static final int SETTLE_ROUNDS_MAX = 20_000;

    private static final int ASK_AGAIN_ROUNDS = 1_000;
    /** Passes at once when nothing is left to do before. */
    private static final int IDLE_MILLIS = 100;

    private static final long START_MILLIS =
            Instant.parse("2026-11-20T10:00:00Z").toEpochMilli();
    private static final long JUMP_MILLIS_MAX = Duration.ofDays(4 * 365).toMillis();

    private final Random random;
    /** Of its own, so that seeds without it stay what they were. */
    private final Random jumping;

    private final KeyMode mode;
    private final SimulatedSettings settings;
    private final SimulatedDisk disk;
    private final SimulatedDeadLetters deadLetters;
    /** Of so many seeds one has a sink that gets counts; the others stay what they were. */
    private static final int COUNTING_ONE_OF = 3;

    private final SimulatedSpark spark;
    /** Batches with more bytes than this are split there. */
    private final Optional<Integer> offloadAbove;

    private final WrongEndpoint wrongEndpoint;
    private final SimulatedFormat2 format2;
    private final MemoryTrialStore trials = new MemoryTrialStore();
    private final EventWatcher watcher;
    private final SimulatedPoison poison;
    private final SimulatedSource source;
    private final SimulatedTopic topic;
    private final SimulatedFeatures features;
    private final Map<String, SimulatedReceiver> receivers = new LinkedHashMap<>();
    private final Map<String, SimulatedReceiver.Transport> transports = new LinkedHashMap<>();
    private final List<Sink> sinks = new ArrayList<>();
    private Pipeline pipeline;
    private List<Stage> stages = List.of();
    private long nowNanos = 1_000_000_000L;
    private long wallMillis = START_MILLIS;
    private long syncedBefore;
    private int crashes;
    private int startsOnFullDisk;
    private int startsRefused;
    private int stops;
    private int replays;
    private int replaysRefused;
    private int heldBack;
    private CompletableFuture<ReplayAnswer> asked = CompletableFuture.completedFuture(null);

    Simulation(long seed) {
        this.random = new Random(seed);
        // In turn: the first number of a random generator is nearly the same for one seed and the next.
        this.mode = KEY_MODES.get(Math.floorMod(seed, KEY_MODES.size()));
        Duration retain = random.nextBoolean() ? Duration.ZERO : Duration.ofMinutes(random.nextInt(600));
        this.disk = new SimulatedDisk(random);
        this.deadLetters = new SimulatedDeadLetters(disk, random);
        this.jumping = new Random(seed * 0xBF58_476D_1CE4_E5B9L);
        // The same here.
        Random offloading = new Random(seed * 0x9E37_79B9_7F4A_7C15L);
        this.spark = new SimulatedSpark(offloading, disk);
        Optional<Integer> mayOffloadAbove =
                offloading.nextInt(3) == 0 ? Optional.of(offloading.nextInt(3_000)) : Optional.empty();
        this.format2 = new SimulatedFormat2(seed);
        this.watcher = new EventWatcher(seed);
        this.source = new SimulatedSource(
                random, 1 + random.nextInt(4), 20 + random.nextInt(600), 1 + random.nextInt(40), mode, format2.cursors);
        this.poison = new SimulatedPoison(seed, source);
        // What Spark splits it lets pass: the same record would be refused by one sink, and set aside when it goes out
        // again.
        this.offloadAbove = poison.isThere() ? Optional.empty() : mayOffloadAbove;
        this.topic = new SimulatedTopic(random, mode);
        this.features = new SimulatedFeatures(seed, mode, disk);
        this.wrongEndpoint = WrongEndpoint.ofSome("api", deadLetters, seed);
        receivers.put("api", new SimulatedReceiver("api", random, wrongEndpoint));
        receivers.put("archive", new SimulatedReceiver("archive", random, WrongEndpoint.none("archive", deadLetters)));
        if (seed % COUNTING_ONE_OF == 1) {
            receivers.put(
                    SimulatedSettings.COUNTS,
                    new SimulatedReceiver(
                            SimulatedSettings.COUNTS,
                            new Random(seed),
                            WrongEndpoint.none(SimulatedSettings.COUNTS, deadLetters)));
        }
        this.settings = new SimulatedSettings(
                random,
                mode,
                retain,
                List.copyOf(receivers.keySet()),
                wrongEndpoint,
                seed % 3 == 0 ? null : new Random(~seed),
                features.sources());
        SimulatedReceiver api = receivers.get("api");
        // What is always refused would hold a breaker open for ever.
        api.badOneOf = random.nextInt(3) == 0 && !wrongEndpoint.isThere() ? 2 + random.nextInt(30) : 0;
        api.moody = random.nextInt(4) == 0 && !wrongEndpoint.isThere();
        api.itemwise = random.nextBoolean();
        receivers.get("archive").fragile = random.nextInt(3) == 0;
    }

    SimulationOutcome run() {
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
            }
            if (pipeline.areDeadLettersStopped()) {
                crash();
            }
            check();
        }
        settle();
        watcher.read();
        watcher.told.requireAll(receivers.keySet());
        cleanUp();
        new SimulationVerdict(mode, source, topic, features, receivers, deadLetters).verify();
        stop();
        SimulatedReceiver api = receivers.get("api");
        return new SimulationOutcome(
                crashes,
                (int) api.lastBatch(),
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
                deadLetters.filed().size(),
                deadLetters.replayed().size(),
                spark.jobs,
                spark.failures,
                api.answers.encoded,
                api.answers.notUnderstood,
                heldBack,
                wrongEndpoint.isThere() && api.refusedInARowMost >= wrongEndpoint.bound() - 1,
                format2.reshaped,
                source.cursorsResumed,
                format2.jumps,
                poison.failures,
                count(Reason.UNPROCESSABLE, deadLetters.filed()),
                count(Reason.TRANSFORM_FAILED, deadLetters.filed()),
                count(Reason.TRANSFORM_FAILED, deadLetters.replayed()),
                watcher.told.gaps(),
                watcher.told.submissions(),
                watcher.completions(),
                features.happenings);
    }

    private static int count(Reason reason, Collection<DeadLetter> letters) {
        return (int)
                letters.stream().filter(letter -> letter.reason() == reason).count();
    }

    private void event() {
        int choice = random.nextInt(1000);
        spark.work();
        wrongEndpoint.turn();
        features.turn(wallMillis);
        wallMillis += format2.jumpMillis();
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
            setClock();
        } else if (choice < 980) {
            disk.full = !disk.full;
        } else if (choice < 984) {
            disk.crashAfter(random.nextInt(30));
        } else if (choice < 986) {
            disk.failForceAfter(random.nextInt(5));
        } else if (choice < 988 && !wrongEndpoint.isThere()) {
            // With one, letters that are sent again would tell a start no more of what was refused.
            askForLetters();
        } else if (choice < 991) {
            throw new SimulatedDisk.Crash();
        } else {
            stages.forEach(this::work);
        }
    }

    /** Now and then to another year, or back. */
    private void setClock() {
        if (jumping.nextInt(3) == 0) {
            long wrong = jumping.nextBoolean() ? 0 : jumping.nextLong(-JUMP_MILLIS_MAX, JUMP_MILLIS_MAX);
            wallMillis = START_MILLIS + nowNanos / 1_000_000 + wrong;
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
                    + stage.wakeAtNanos() + ", pressure " + pipeline.pauseReason());
        }
    }

    private void pass(long millis) {
        nowNanos += millis * 1_000_000 + random.nextInt(1_000_000);
        wallMillis += millis;
    }

    private void check() {
        pipeline.positions().check();
        lookBack();
        if (pipeline.positions().synced() < syncedBefore) {
            throw new AssertionError("synced went back from " + syncedBefore + " to "
                    + pipeline.positions().synced());
        }
        syncedBefore = pipeline.positions().synced();
    }

    /** As the server does once a second, and somebody who looks at it. */
    private void lookBack() {
        History history = pipeline.history();
        if (history.isDue(nowNanos)) {
            Map<String, Sample.SinkSample> sinksNow = new LinkedHashMap<>();
            for (Lane lane : pipeline.lanes()) {
                SinkStatus now = lane.status();
                boolean working = now.lastError().isEmpty();
                sinksNow.put(
                        lane.sink().name(),
                        new Sample.SinkSample(
                                now.records(), 0, lane.batch(), now.state().name(), working, "", lane.counts()));
            }
            history.look(nowNanos, new Sample(0, pipeline.writerStage().backlogBytes(), 0, Map.of(), sinksNow));
        }
        watcher.mayRead();
    }

    private void crash() {
        crashes++;
        heldBack += sinks.stream().anyMatch(sink -> sink.status().lastError().contains("in a row")) ? 1 : 0;
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
        if (power) {
            trials.cutPower();
        }
        spark.crash();
    }

    private void stop() {
        if (pipeline != null) {
            features.stop();
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
            Settings starting = settings.next(features.sinks());
            sinks.clear();
            starting.sinks().forEach((name, sink) -> sinks.add(sink(name, sink, starting.name())));
            try {
                pipeline = new Pipeline(
                        starting,
                        new PipelineStorage(new SimulatedStore(disk), JOURNAL_ID, deadLetters, trials),
                        sinks,
                        new StartOptions(Set.of(), replay),
                        new PipelineContext(
                                () -> Instant.ofEpochMilli(wallMillis),
                                random,
                                1 + random.nextInt(3),
                                Runnable::run,
                                new GroupLimits(6, 4 << 10, SimulatedSource.BLOCK_BYTES_MAX, 32 << 10, 64 << 10),
                                random.nextBoolean() ? 1L << 30 : 8 << 10,
                                offloadAbove.map(above -> spark.ground(above, random)),
                                () -> nowNanos,
                                format2.reshape(),
                                poison::in),
                        nowNanos);
            } catch (SimulatedDisk.Crash e) {
                sinks.forEach(Sink::close);
                powerOff();
            } catch (JournalException e) {
                sinks.forEach(Sink::close);
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
        watcher.begin(pipeline.history());
        receivers.values().forEach(SimulatedReceiver::oweNothing);
        replay.ifPresent(range -> {
            replays++;
            receivers.get(range.sink()).owe(range.from(), range.to().orElse(range.from()));
        });
        stages = pipeline.stages();
        asked = CompletableFuture.completedFuture(null);
        source.start(pipeline.keptStreams(SimulatedSource.NAME));
        topic.start(pipeline.keptStreams(SimulatedTopic.NAME));
        features.start(pipeline, wallMillis);
        syncedBefore = 0;
    }

    /** Batches that a sink may have had and whose segments may be there yet. */
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

    private Sink sink(String name, SinkSettings settings, String serverName) {
        if (!(settings instanceof HttpSinkSettings http)) {
            return features.sink(
                    name,
                    settings,
                    new SinkContext(
                            serverName,
                            JournalId.text(JOURNAL_ID),
                            null,
                            random,
                            () -> Instant.ofEpochMilli(wallMillis),
                            lane -> {},
                            null,
                            new BuilderThreads(Runnable::run, 1, 0),
                            null));
        }
        SimulatedReceiver.Transport transport = receivers.get(name).new Transport();
        transports.put(name, transport);
        return new HttpSink(
                name,
                http,
                transport,
                UnpooledByteBufAllocator.DEFAULT,
                random,
                () -> Instant.ofEpochMilli(wallMillis),
                () -> {},
                new BuilderThreads(Runnable::run, 1, 0));
    }

    /** The world becomes well; then everything must come to rest. */
    private void settle() {
        disk.full = false;
        int replaysLeft = random.nextInt(4);
        receivers.values().forEach(receiver -> receiver.healthy = true);
        wrongEndpoint.end();
        spark.healthy = true;
        features.heal();
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
                features.sendAll(wallMillis);
                boolean worked = false;
                for (Stage stage : stages) {
                    worked |= stage.work(nowNanos);
                }
                spark.work();
                transports.values().forEach(transport -> transport.work(nowNanos));
                features.work();
                pass(worked ? 20 : IDLE_MILLIS);
            } catch (SimulatedDisk.Crash e) {
                crash();
                cut = false;
            } catch (JournalException e) {
                crash();
                cut = false;
            }
            if (pipeline.areDeadLettersStopped()) {
                crash();
                cut = false;
            }
            check();
            boolean isIn = source.isDone() && topic.isDone() && features.areDone();
            if (isIn && asked.isDone() && !deadLetters.isReplaying() && !cut) {
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
                "nothing moves any more: " + pipeline.positions() + ", pressure " + pipeline.pauseReason() + ", sinks "
                        + sinks.stream().map(sink -> sink.status().toString()).toList());
    }

    /** Nothing is left of what was staged, once every sink has it. */
    private void cleanUp() {
        for (int turn = 0; offloadAbove.isPresent() && spark.left().isPresent(); turn++) {
            if (turn == SETTLE_ROUNDS_MAX) {
                throw new AssertionError(
                        "staging is not cleaned: " + spark.left().get());
            }
            try {
                stages.forEach(stage -> stage.work(nowNanos));
                spark.work();
            } catch (SimulatedDisk.Crash | JournalException e) {
                crash();
                settle();
            }
            pass(20);
        }
    }
}
