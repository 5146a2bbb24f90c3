package io.decant.ingest.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.Reason;
import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.http.HttpTransport;
import io.decant.ingest.sink.http.PartRequest;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The far end of one sink, which fails in every way there is. It outlives the servers, and remembers all it ever took;
 * under a key that it took anything of before, it answers as it did then.
 */
final class SimulatedReceiver {

    /**
     * A part as it was first taken.
     *
     * @param taken the records that it was taken with, by ordinal in the bucket
     */
    record Part(
            long batch,
            int bucket,
            long first,
            Map<String, String> headers,
            List<String> records,
            Map<Long, String> taken,
            Outcome.Answered answer) {}

    private static final String[] REPEATED = {
        "102", "408", "409", "423", "425", "429", "500", "503", "302", "401", "402", "403", "404", "405", "407", "410",
        "415", "421", "431", "451", "511"
    };

    private final Random random;
    private final String name;
    final SimulatedAnswers answers;
    private final WrongEndpoint wrongEndpoint;
    /** By idempotency key, in the order in which they came first. */
    final Map<String, Part> taken = new LinkedHashMap<>();

    boolean healthy;
    /** One record of so many is refused for good; 0: none is. */
    int badOneOf;
    /** Answers of each record where not all are taken, rather than refusing the request. */
    boolean itemwise;
    /** Now and then refuses a request of several records that it might as well take. */
    boolean moody;
    /** Its transport throws now and then. */
    boolean fragile;
    /** Keys that a replay has to bring again before anything of a batch behind {@code owedUpTo} comes. */
    private final Set<String> owed = new HashSet<>();

    private long owedUpTo;
    int refusals;
    int requests;
    int repeats;
    /** Dead letters in a row, as far as they were verified. */
    int refusedInARowMost;

    SimulatedReceiver(String name, Random random, WrongEndpoint wrongEndpoint) {
        this.name = name;
        this.wrongEndpoint = wrongEndpoint;
        this.random = random;
        this.answers = new SimulatedAnswers(random);
    }

    /** Whether it refuses anything: then what it took once it may take in other parts. */
    boolean refuses() {
        return badOneOf > 0 || moody || wrongEndpoint.isThere();
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
            return take(headers, body);
        }
        if (fate < 75) {
            // It took the part, or refused it, but the sink will never know.
            take(headers, body);
            return new Outcome.Failed(random.nextBoolean() ? Outcome.Kind.TIMEOUT : Outcome.Kind.RESET, "lost");
        }
        if (fate < 80) {
            Outcome.Kind[] kinds = {Outcome.Kind.CONNECT, Outcome.Kind.DNS, Outcome.Kind.TLS, Outcome.Kind.PROTOCOL};
            return new Outcome.Failed(kinds[random.nextInt(kinds.length)], "away");
        }
        if (fate < 88) {
            return answers.notUnderstood(Integer.parseInt(headers.get("Decant-Records")));
        }
        if (fate < 90) {
            return new Outcome.Answered(400 + random.nextInt(30), "", "another body under this Idempotency-Key");
        }
        String[] retryAfter = {"", "0", "1", "999999999", "Wed, 21 Oct 2015 07:28:00 GMT", "soon"};
        return new Outcome.Answered(
                Integer.parseInt(REPEATED[random.nextInt(REPEATED.length)]),
                retryAfter[random.nextInt(retryAfter.length)],
                "later");
    }

    private boolean isBad(Map<String, String> headers, String record) {
        return (badOneOf > 0 && Math.floorMod(record.hashCode(), badOneOf) == 0)
                || wrongEndpoint.isGivenUp(headers, record);
    }

    private Outcome.Answered take(Map<String, String> headers, String body) {
        String key = headers.get("Idempotency-Key");
        List<String> records = Arrays.asList(body.split("\n", -1))
                .subList(0, (int) body.chars().filter(c -> c == '\n').count());
        expect(
                records.size() == Long.parseLong(headers.get("Decant-Records")) && body.endsWith("\n"),
                key + " does not hold what it says");
        long batch = Long.parseLong(headers.get("Decant-Batch"));
        if (batch > owedUpTo && !owed.isEmpty()) {
            throw wrong(key + " came before the replay of " + owed);
        }
        owed.remove(key);
        Part before = taken.get(key);
        if (before != null) {
            repeats++;
            if (!before.records().equals(records) || !before.headers().equals(headers)) {
                throw wrong(key + " came again as another: " + before + " then " + records);
            }
            return before.answer();
        }
        if (wrongEndpoint.isInPlace()) {
            return refuse(headers, records);
        }
        boolean bad = records.stream().anyMatch(record -> isBad(headers, record));
        // What is refused alone is given up: were it taken after a crash, it would be both delivered and a dead letter.
        boolean mood = moody && !healthy && records.size() > 1 && random.nextInt(20) == 0;
        if (itemwise && (bad || mood)) {
            return takeSome(key, headers, records);
        }
        if (bad || mood) {
            refusals++;
            return answers.refusal();
        }
        TreeMap<Long, String> all = new TreeMap<>();
        long first = Long.parseLong(headers.get("Decant-First"));
        records.forEach(record -> all.put(first + all.size(), record));
        Outcome.Answered answer = random.nextBoolean() ? answers.success() : new Outcome.Answered(204, "", "");
        put(key, headers, records, all, answer);
        return answer;
    }

    private Outcome.Answered refuse(Map<String, String> headers, List<String> records) {
        refusals++;
        if (itemwise || records.size() == 1) {
            wrongEndpoint.refused(headers, records);
        }
        int[] statuses = new int[records.size()];
        Arrays.fill(statuses, 422);
        return itemwise ? answers.items(statuses) : answers.refusal();
    }

    private Outcome.Answered takeSome(String key, Map<String, String> headers, List<String> records) {
        TreeMap<Long, String> some = new TreeMap<>();
        long ordinal = Long.parseLong(headers.get("Decant-First"));
        int[] statuses = new int[records.size()];
        for (int i = 0; i < statuses.length; i++, ordinal++) {
            boolean later = !healthy && random.nextInt(5) == 0;
            statuses[i] = isBad(headers, records.get(i)) ? 422 : later ? 503 : 200;
            if (statuses[i] == 200) {
                some.put(ordinal, records.get(i));
            }
        }
        refusals++;
        Outcome.Answered answer = answers.items(statuses);
        if (!some.isEmpty()) {
            put(key, headers, records, some, answer);
        }
        return answer;
    }

    private void put(
            String key,
            Map<String, String> headers,
            List<String> records,
            Map<Long, String> some,
            Outcome.Answered answer) {
        taken.put(
                key,
                new Part(
                        Long.parseLong(headers.get("Decant-Batch")),
                        Integer.parseInt(headers.get("Decant-Bucket")),
                        Long.parseLong(headers.get("Decant-First")),
                        Map.copyOf(headers),
                        records,
                        some,
                        answer));
    }

    /** A record of a bucket, and how it fared. */
    private record Fate(String record, boolean dead, boolean refused) {}

    /**
     * Rules 1 and 2 and the order, of all that was ever taken and all that is or was among the dead letters.
     *
     * @param others numbers of batches that may be for another sink alone
     * @return the records that were taken, in the order of delivery
     */
    List<String> verified(KeyMode mode, List<DeadLetter> dead, Set<Long> others) {
        verifyOrderOfBuckets();
        TreeMap<Long, Map<Integer, Map<Long, Fate>>> batches = new TreeMap<>();
        Map<List<Long>, SortedSet<Long>> uncarried = uncarried(dead);
        for (Part part : taken.values()) {
            SortedSet<Long> leftOut =
                    uncarried.getOrDefault(List.of(part.batch(), (long) part.bucket()), new TreeSet<>());
            part.taken()
                    .forEach((carried, record) -> put(
                            batches,
                            part.batch(),
                            part.bucket(),
                            ordinal(carried, leftOut),
                            new Fate(record, false, false)));
        }
        for (DeadLetter letter : dead) {
            Fate fate = new Fate(KeyMode.text(letter), true, letter.reason() == Reason.REFUSED);
            put(batches, letter.batch(), letter.bucket(), letter.ordinal(), fate);
        }
        List<String> records = new ArrayList<>();
        int inARow = 0;
        long batchNumber = 0;
        for (var batch : batches.entrySet()) {
            batchNumber++;
            while (batch.getKey() > batchNumber && others.contains(batchNumber)) {
                batchNumber++;
            }
            expect(batch.getKey() == batchNumber, "batch " + batch.getKey() + " instead of " + batchNumber);
            int bucketNumber = 0;
            for (var bucket : batch.getValue().entrySet()) {
                String where = "bucket " + bucket.getKey() + " of batch " + batchNumber;
                expect(bucket.getKey() == bucketNumber++, where + " instead of " + (bucketNumber - 1));
                Set<String> keys = new HashSet<>();
                long ordinal = 0;
                for (var record : bucket.getValue().entrySet()) {
                    if (record.getKey() != ordinal) {
                        throw wrong(where + ": ordinal " + record.getKey() + " instead of " + ordinal);
                    }
                    ordinal++;
                    String text = record.getValue().record();
                    String key = mode.keyOf(text);
                    if (!keys.add(key)) {
                        throw wrong("rule 1: " + key + " is twice in " + where);
                    }
                    if (!record.getValue().dead()) {
                        records.add(text);
                        inARow = 0;
                    } else if (record.getValue().refused()) {
                        inARow++;
                        refusedInARowMost = Math.max(refusedInARowMost, inARow);
                        expect(
                                !wrongEndpoint.isThere() || inARow < wrongEndpoint.bound() + halved(),
                                inARow + " dead letters in a row up to ordinal " + record.getKey() + " of " + where);
                    }
                }
            }
            int buckets = batch.getValue().size();
            for (Part part : taken.values()) {
                if (part.batch() == batch.getKey()
                        && !part.headers().get("Decant-Buckets").equals(Integer.toString(buckets))) {
                    throw new AssertionError("sink " + name + ": " + part + " in a batch of " + buckets + " buckets");
                }
            }
        }
        return records;
    }

    /** What was taken as counts, by batch and key. */
    Map<Long, Map<String, Long>> counted() {
        verifyOrderOfBuckets();
        Map<Long, Map<String, Long>> counted = new TreeMap<>();
        for (Part part : taken.values()) {
            if (!part.headers().get("Decant-Buckets").equals("1")) {
                throw wrong(part + " is not all that there is");
            }
            for (String line : part.records()) {
                JsonObject count = new JsonObject(line);
                String key = count.getString("key");
                Long before = counted.computeIfAbsent(part.batch(), batch -> new TreeMap<>())
                        .put(key == null ? KeyMode.tombstone("") : key, count.getLong("count"));
                expect(before == null, key + " is there twice in batch " + part.batch());
            }
        }
        return counted;
    }

    /** How often each key was taken, or is or was among the dead letters, by batch. */
    Map<Long, Map<String, Long>> recordsByBatch(KeyMode mode, List<DeadLetter> dead) {
        Map<Long, Map<String, Long>> records = new TreeMap<>();
        for (Part part : taken.values()) {
            part.taken().values().forEach(record -> records.computeIfAbsent(part.batch(), batch -> new TreeMap<>())
                    .merge(mode.keyOf(record), 1L, Long::sum));
        }
        dead.forEach(letter -> records.computeIfAbsent(letter.batch(), batch -> new TreeMap<>())
                .merge(mode.keyOf(KeyMode.text(letter)), 1L, Long::sum));
        return records;
    }

    /** So many records of a part may be refused though one behind them was taken before. */
    private int halved() {
        return itemwise ? 0 : wrongEndpoint.partRecordsMax() - 1;
    }

    /** Ordinals of the records that no body could carry, by batch and bucket. */
    private static Map<List<Long>, SortedSet<Long>> uncarried(List<DeadLetter> dead) {
        Map<List<Long>, SortedSet<Long>> ordinals = new HashMap<>();
        for (DeadLetter letter : dead) {
            if (letter.reason() != Reason.REFUSED) {
                ordinals.computeIfAbsent(List.of(letter.batch(), (long) letter.bucket()), bucket -> new TreeSet<>())
                        .add(letter.ordinal());
            }
        }
        return ordinals;
    }

    /** The place in its bucket of a record that is number {@code carried} of those which are not left out. */
    private static long ordinal(long carried, SortedSet<Long> leftOut) {
        long ordinal = carried;
        for (long each : leftOut) {
            ordinal += each <= ordinal ? 1 : 0;
        }
        return ordinal;
    }

    /** Numbers of the batches that it has taken something of. */
    Set<Long> batches() {
        return taken.values().stream().map(Part::batch).collect(Collectors.toSet());
    }

    private void put(
            Map<Long, Map<Integer, Map<Long, Fate>>> batches, long batch, int bucket, long ordinal, Fate fate) {
        Fate other = batches.computeIfAbsent(batch, b -> new TreeMap<>())
                .computeIfAbsent(bucket, b -> new TreeMap<>())
                .put(ordinal, fate);
        if (other != null) {
            throw wrong("two at ordinal " + ordinal + " of bucket " + bucket + " of batch " + batch + ": " + fate
                    + " and " + other);
        }
    }

    private void verifyOrderOfBuckets() {
        Part last = null;
        for (Part part : taken.values()) {
            // What would be said of each part takes longer than the check.
            if (last != null
                    && (part.batch() < last.batch()
                            || (part.batch() == last.batch() && part.bucket() < last.bucket()))) {
                throw wrong(part + " came after " + last);
            }
            last = part;
        }
    }

    private void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw wrong(otherwise);
        }
    }

    private AssertionError wrong(String what) {
        return new AssertionError("sink " + name + ": " + what);
    }
}
