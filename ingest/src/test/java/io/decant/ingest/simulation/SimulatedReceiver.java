package io.decant.ingest.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.ingest.sink.HttpTransport;
import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.PartRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The far end of one sink, which fails in every way there is. It outlives the servers, and remembers all it ever took. */
final class SimulatedReceiver {

    /** A part as it was first taken. */
    record Part(long batch, int bucket, long first, Map<String, String> headers, List<String> records) {}

    private static final String[] REPEATED = {
        "408", "409", "425", "429", "500", "503", "302", "401", "403", "404", "405"
    };

    private final Random random;
    private final String name;
    /** By idempotency key, in the order in which they came first. */
    final Map<String, Part> taken = new LinkedHashMap<>();

    boolean healthy;
    boolean poisonous;
    /** Its transport throws now and then. */
    boolean fragile;

    /** Keys that a replay has to bring again before anything of a batch behind {@code owedUpTo} comes. */
    private final Set<String> owed = new HashSet<>();

    private long owedUpTo;
    int requests;
    int repeats;

    SimulatedReceiver(String name, Random random) {
        this.name = name;
        this.random = random;
    }

    /** Nothing is to come again. */
    void oweNothing() {
        owed.clear();
        owedUpTo = Long.MAX_VALUE;
    }

    /** All that was taken of these batches is to come again first. */
    void owe(long from, long to) {
        taken.forEach((key, part) -> {
            if (part.batch() >= from && part.batch() <= to) {
                owed.add(key);
            }
        });
        owedUpTo = to;
    }

    /** Number of the last batch of which something was taken. */
    long lastBatch() {
        return taken.values().stream().mapToLong(Part::batch).max().orElse(0);
    }

    /** A connection of one server's to this receiver. */
    final class Transport implements HttpTransport {

        private record Answer(long dueNanos, Outcome outcome, Consumer<Outcome> completion) {}

        private final List<Answer> underWay = new ArrayList<>();
        private long nowNanos;

        @Override
        public void post(PartRequest request, Consumer<Outcome> completion) {
            requests++;
            String body = request.body().toString(UTF_8);
            request.body().release();
            if (fragile && !healthy && random.nextInt(40) == 0) {
                throw new IllegalStateException("broken");
            }
            Outcome outcome = answer(request.headers(), body);
            underWay.add(new Answer(nowNanos + random.nextInt(50_000_000), outcome, completion));
        }

        /** Answers what is due; true if anything was. */
        boolean work(long now) {
            nowNanos = now;
            List<Answer> due =
                    underWay.stream().filter(a -> a.dueNanos() <= now).toList();
            underWay.removeAll(due);
            due.forEach(a -> a.completion().accept(a.outcome()));
            return !due.isEmpty();
        }

        @Override
        public void close() {
            List<Answer> left = List.copyOf(underWay);
            underWay.clear();
            left.forEach(a -> a.completion().accept(new Outcome.Failed(Outcome.Kind.CLOSED, "closed")));
        }
    }

    private Outcome answer(Map<String, String> headers, String body) {
        int fate = healthy ? 0 : random.nextInt(100);
        if (fate < 65) {
            take(headers, body);
            return new Outcome.Answered(random.nextBoolean() ? 200 : 204, "", "");
        }
        if (fate < 75) {
            // It took the part, but the sink will never know.
            take(headers, body);
            return new Outcome.Failed(random.nextBoolean() ? Outcome.Kind.TIMEOUT : Outcome.Kind.RESET, "lost");
        }
        if (fate < 80) {
            Outcome.Kind[] kinds = {Outcome.Kind.CONNECT, Outcome.Kind.DNS, Outcome.Kind.TLS, Outcome.Kind.PROTOCOL};
            return new Outcome.Failed(kinds[random.nextInt(kinds.length)], "away");
        }
        if (fate == 80 && poisonous) {
            return new Outcome.Answered(new int[] {400, 413, 422}[random.nextInt(3)], "", "no");
        }
        String[] retryAfter = {"", "0", "1", "999999999", "Wed, 21 Oct 2015 07:28:00 GMT", "soon"};
        return new Outcome.Answered(
                Integer.parseInt(REPEATED[random.nextInt(REPEATED.length)]),
                retryAfter[random.nextInt(retryAfter.length)],
                "later");
    }

    private void take(Map<String, String> headers, String body) {
        String key = headers.get("Idempotency-Key");
        Part part = new Part(
                Long.parseLong(headers.get("Decant-Batch")),
                Integer.parseInt(headers.get("Decant-Bucket")),
                Long.parseLong(headers.get("Decant-First")),
                Map.copyOf(headers),
                Arrays.asList(body.split("\n", -1))
                        .subList(0, (int) body.chars().filter(c -> c == '\n').count()));
        expect(part.batch() <= owedUpTo || owed.isEmpty(), part + " came before the replay of " + owed);
        owed.remove(key);
        Part before = taken.putIfAbsent(key, part);
        if (before != null) {
            repeats++;
            if (!before.equals(part)) {
                throw new AssertionError(
                        "sink " + name + ": " + key + " came again as another: " + before + " then " + part);
            }
        }
        if (part.records().size() != Long.parseLong(headers.get("Decant-Records")) || !body.endsWith("\n")) {
            throw new AssertionError("sink " + name + ": " + part + " does not hold what it says");
        }
    }

    /** Rules 1 and 2 and the order, of all that was ever taken; returns the records in the order of delivery. */
    List<String> verified(boolean recordIsKey) {
        List<String> records = new ArrayList<>();
        TreeMap<Long, TreeMap<Integer, TreeMap<Long, Part>>> batches = new TreeMap<>();
        long lastBatch = 0;
        int lastBucket = 0;
        for (Part part : taken.values()) {
            if (part.batch() < lastBatch || (part.batch() == lastBatch && part.bucket() < lastBucket)) {
                throw new AssertionError(
                        "sink " + name + ": " + part + " came after bucket " + lastBucket + " of batch " + lastBatch);
            }
            lastBatch = part.batch();
            lastBucket = part.bucket();
            Part other = batches.computeIfAbsent(part.batch(), b -> new TreeMap<>())
                    .computeIfAbsent(part.bucket(), b -> new TreeMap<>())
                    .put(part.first(), part);
            if (other != null) {
                throw new AssertionError("sink " + name + ": two parts at one place: " + part + " and " + other);
            }
        }
        long batchNumber = 0;
        for (Map.Entry<Long, TreeMap<Integer, TreeMap<Long, Part>>> batch : batches.entrySet()) {
            expect(batch.getKey() == ++batchNumber, "batch " + batch.getKey() + " instead of " + batchNumber);
            int bucketNumber = 0;
            for (Map.Entry<Integer, TreeMap<Long, Part>> bucket :
                    batch.getValue().entrySet()) {
                expect(bucket.getKey() == bucketNumber++, "bucket " + bucket.getKey() + " of batch " + batchNumber);
                Set<String> keys = new HashSet<>();
                long ordinal = 0;
                for (Part part : bucket.getValue().values()) {
                    expect(part.first() == ordinal, part + " instead of ordinal " + ordinal);
                    ordinal += part.records().size();
                    expect(
                            part.headers()
                                    .get("Decant-Buckets")
                                    .equals(Integer.toString(batch.getValue().size())),
                            part + " in a batch of " + batch.getValue().size() + " buckets");
                    for (String record : part.records()) {
                        String key = recordIsKey ? record : record.substring(0, record.indexOf(','));
                        expect(
                                keys.add(key),
                                "rule 1: " + key + " is twice in bucket " + bucket.getKey() + " of batch "
                                        + batchNumber);
                    }
                    records.addAll(part.records());
                }
            }
        }
        return records;
    }

    private void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError("sink " + name + ": " + otherwise);
        }
    }
}
