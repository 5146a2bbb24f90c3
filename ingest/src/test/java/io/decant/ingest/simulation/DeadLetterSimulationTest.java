package io.decant.ingest.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterReader;
import io.decant.ingest.deadletter.DeadLetters;
import io.decant.ingest.deadletter.LetterFiles;
import io.decant.ingest.deadletter.LetterFilter;
import io.decant.ingest.deadletter.LetterLine;
import io.decant.ingest.deadletter.Reason;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Dead letters on a disk that forgets, runs full and fails, under lanes that come back to their last mark after every
 * crash, and people who take letters out: whatever happens, a letter that a lane was told of is there, and no letter is
 * there twice.
 */
class DeadLetterSimulationTest {

    private static final int SEEDS = Integer.getInteger("decant.seeds", 1500);
    private static final int EVENTS = 400;
    private static final List<String> SINKS = List.of("api", "archive");

    @Test
    void shouldKeepEveryLetterOnceWhateverHappens() throws IOException {
        int crashes = 0;
        int claimed = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Run run = new Run(seed);
            try {
                run.run();
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + " fails: " + e, e);
            }
            crashes += run.crashes;
            claimed += run.claims;
        }
        if (crashes < SEEDS * 3 || claimed < SEEDS) {
            throw new AssertionError("only " + crashes + " crashes and " + claimed + " claims: proves nothing");
        }
    }

    /**
     * A sink's way: batches of letters, each left in order, the next one begun when all of this one are synced and
     * marked.
     */
    private static final class ModelLane {
        final String sink;
        long batch = 1;
        int lettersInBatch;
        int offered;
        long syncedBefore;
        /** Batches up to this one are marked, durably. */
        long settled;

        ModelLane(String sink) {
            this.sink = sink;
        }
    }

    private static final class Run {
        final Random random;
        final SimulatedDisk disk;
        final SimulatedDeadLetters files;
        final Map<String, ModelLane> lanes = new HashMap<>();
        /** What lanes were told of, ever. */
        final Set<String> told = new HashSet<>();

        final long bytesMax;
        DeadLetters letters;
        long nowNanos = -5;
        long wallMillis = Instant.parse("2026-11-21T23:50:00Z").toEpochMilli();
        int crashes;
        int claims;

        Run(long seed) {
            random = new Random(seed);
            disk = new SimulatedDisk(random);
            files = new SimulatedDeadLetters(disk, random);
            bytesMax = random.nextBoolean() ? 1 << 30 : 3000;
            for (String sink : SINKS) {
                ModelLane lane = new ModelLane(sink);
                lane.lettersInBatch = random.nextInt(30);
                lanes.put(sink, lane);
            }
        }

        void run() throws IOException {
            start();
            for (int i = 0; i < EVENTS; i++) {
                try {
                    event();
                } catch (SimulatedDisk.Crash e) {
                    crash();
                }
                crashIfStopped();
            }
            disk.full = false;
            for (int i = 0; i < 200; i++) {
                try {
                    pass(1000);
                    letters.work(nowNanos);
                } catch (SimulatedDisk.Crash e) {
                    crash();
                }
                crashIfStopped();
            }
            check();
        }

        /** After a sync that failed only a restart goes on. */
        private void crashIfStopped() throws IOException {
            if (letters.isStopped()) {
                crash();
            }
        }

        void event() {
            int choice = random.nextInt(100);
            if (choice < 45) {
                if (!letters.work(nowNanos) && letters.wakeAtNanos() <= nowNanos) {
                    throw new AssertionError("it did nothing and is to be woken at once");
                }
            } else if (choice < 80) {
                deliver(lanes.get(SINKS.get(random.nextInt(2))));
            } else if (choice < 88) {
                pass(random.nextInt(60_000));
            } else if (choice < 92) {
                disk.full = !disk.full;
            } else if (choice < 94) {
                claim();
            } else if (choice < 97) {
                disk.crashAfter(random.nextInt(10));
            } else if (choice < 98) {
                disk.failForceAfter(random.nextInt(3));
            } else if (choice < 99) {
                throw new SimulatedDisk.Crash();
            } else {
                // Somebody makes room.
                files.sizes().keySet().stream().findFirst().ifPresent(this::throwAway);
            }
        }

        void deliver(ModelLane lane) {
            if (lane.offered < lane.lettersInBatch) {
                if (letters.box(lane.sink).offer(letter(lane, lane.offered))) {
                    lane.offered++;
                }
            } else if (letters.box(lane.sink).synced() - lane.syncedBefore == lane.lettersInBatch) {
                for (int i = 0; i < lane.lettersInBatch; i++) {
                    told.add(identity(letter(lane, i)));
                }
                lane.syncedBefore += lane.lettersInBatch;
                // The mark may need a while to be durable, but there is one at a time here.
                lane.settled = lane.batch++;
                lane.offered = 0;
                lane.lettersInBatch = random.nextInt(30);
            }
        }

        /** The same letter whenever the lane comes to it; each third has no key, and is left by both lanes. */
        private static DeadLetter letter(ModelLane lane, int number) {
            byte[] record = ("record " + lane.batch + " " + number).getBytes(UTF_8);
            return number % 3 == 0
                    ? DeadLetter.withoutKey(lane.batch, number, record, null)
                    : new DeadLetter(
                            lane.sink, lane.batch, number % 2, number, Reason.REFUSED, 400, "no", record, null);
        }

        private static String identity(DeadLetter letter) {
            return letter.sink() + "-" + letter.batch() + "-" + letter.bucket() + "-" + letter.ordinal();
        }

        void claim() {
            CompletableFuture<DeadLetters.Claimed> claim = letters.claim(
                    "r" + claims, new LetterFilter(random.nextBoolean() ? "api" : null, null, null, null));
            claims += claim.isCompletedExceptionally() ? 0 : 1;
        }

        void throwAway(String file) {
            if (!file.endsWith(".ndjson")) {
                return;
            }
            try {
                for (String identity : identities(List.of(file))) {
                    thrownAway.add(identity);
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            files.delete(file);
        }

        private final Set<String> thrownAway = new HashSet<>();

        void pass(long millis) {
            nowNanos += millis * 1_000_000;
            wallMillis += random.nextInt(10) == 0 ? -millis : millis;
        }

        void crash() throws IOException {
            crashes++;
            letters.close();
            boolean power = random.nextInt(3) > 0;
            disk.crash(power);
            files.crash(power);
            check();
            lanes.values().forEach(lane -> {
                lane.offered = 0;
                lane.syncedBefore = 0;
            });
            start();
        }

        void start() {
            letters = new DeadLetters(
                    files,
                    "00005eed",
                    SINKS,
                    bytesMax,
                    () -> Instant.ofEpochMilli(wallMillis),
                    this::settled,
                    letter -> letter.batch() <= settled(letter.sink()),
                    () -> {});
        }

        private long settled(String sink) {
            return sink.isEmpty()
                    ? lanes.values().stream()
                            .mapToLong(lane -> lane.settled)
                            .min()
                            .orElseThrow()
                    : lanes.get(sink).settled;
        }

        /**
         * A claim that a crash interrupted has letters twice until the next start: in its copy, which counts, and in
         * the days.
         */
        void check() throws IOException {
            List<String> days = new ArrayList<>();
            List<String> copies = new ArrayList<>();
            files.sizes().keySet().forEach(file -> {
                if (file.startsWith(LetterFiles.REPLAY)) {
                    if (!file.endsWith(".tmp")) {
                        copies.add(file);
                    }
                } else if (!file.endsWith(".tmp")) {
                    days.add(file);
                }
            });
            Set<String> copied = once(identities(copies));
            Set<String> all = once(identities(days));
            boolean interrupted = copies.stream().anyMatch(file -> file.endsWith(".moving"));
            for (String identity : copied) {
                if (!all.add(identity) && !interrupted && !thrownAway.contains(identity)) {
                    throw new AssertionError(identity + " is taken out and still there");
                }
            }
            Set<String> missing = new HashSet<>(told);
            missing.removeAll(all);
            missing.removeAll(thrownAway);
            if (!missing.isEmpty()) {
                throw new AssertionError("lanes were told of letters that are not there: " + missing);
            }
        }

        private Set<String> once(List<String> identities) {
            TreeMap<String, Integer> counts = new TreeMap<>();
            identities.forEach(identity -> counts.merge(identity, 1, Integer::sum));
            counts.forEach((identity, count) -> {
                if (count > 1 && !thrownAway.contains(identity)) {
                    throw new AssertionError(identity + " is there " + count + " times");
                }
            });
            return new HashSet<>(identities);
        }

        private List<String> identities(List<String> names) throws IOException {
            List<String> identities = new ArrayList<>();
            try (DeadLetterReader reader = DeadLetterReader.of(files, names)) {
                for (LetterLine line = reader.next(); line != null; line = reader.next()) {
                    if (!line.isDamaged()) {
                        identities.add(identity(line.filed().letter()));
                    }
                }
            }
            return identities;
        }
    }
}
