package io.decant.ingest.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A server as its live page sees it, without one: two sources, three sinks, a batch a second, and ten minutes of them
 * behind it. What happens is asked for, and is the same each time. Owned by the thread that holds its monitor.
 */
final class PageWorld {

    static final int SECONDS = 600;
    private static final int LISTED_MAX = 100;
    private static final int EVENTS_MAX = 1_000;
    private static final long BACKLOG_MAX = 10L << 30;
    private static final List<String> SINKS = List.of("api", "warehouse", "lake");
    private static final List<String> DELAYS = List.of("schedulingDelay", "processingDelay", "totalDelay");
    private static final String ERROR = "503 Service Unavailable from http://orders.example.com/bulk";

    /** An event of the stream: its number, its name and its data. */
    record Event(long number, String name, String data) {}

    private final Random random = new Random(27);
    private final Map<String, Deque<Number>> series = new LinkedHashMap<>();
    private final TreeMap<Long, SimulatedBatch> batches = new TreeMap<>();
    private final Deque<Event> events = new ArrayDeque<>();
    private final Map<String, Boolean> down = new LinkedHashMap<>();
    private final Map<String, Long> delivered = new LinkedHashMap<>();
    private final Map<String, Long> retries = new LinkedHashMap<>();
    private final long startedAt;
    private final long firstBatch;
    private boolean sparkRuns;
    private boolean hasUsers;
    private String hottest = SimulatedBatch.HOTTEST;
    private long eventNumber;
    private long last;
    private long appended;
    private long records;
    private long undeliveredBytes;
    private int tasksDone;

    /**
     * @param lastSecond the newest of the ten minutes that are behind it, since the epoch
     * @param downSeconds for how long the receiver of {@code api} is down by then
     */
    PageWorld(long lastSecond, long firstBatch, int downSeconds) {
        this.firstBatch = firstBatch;
        this.startedAt = (lastSecond - 190_000) * 1000;
        SINKS.forEach(sink -> down.put(sink, false));
        for (long second = lastSecond - SECONDS + 1; second <= lastSecond; second++) {
            setDown("api", second > lastSecond - downSeconds);
            advance(second);
        }
        events.clear();
    }

    /** What the record is that occurs most often. */
    synchronized void setHottest(String record) {
        hottest = record;
    }

    synchronized void setHasUsers(boolean users) {
        hasUsers = users;
    }

    synchronized void setSparkRuns(boolean runs) {
        sparkRuns = runs;
    }

    /** Whether a sink's receiver refuses everything. What waited for it is delivered once it does not. */
    synchronized void setDown(String sink, boolean isDown) {
        if (down.put(sink, isDown) != isDown) {
            tell(
                    "sink-state",
                    new JsonObject()
                            .put("sink", sink)
                            .put("state", isDown ? "failing" : "delivering")
                            .put("lastError", isDown ? ERROR : "")
                            .put("at", last * 1000));
        }
    }

    /** The seconds up to that one go by. */
    synchronized void advanceTo(long second) {
        while (last < second) {
            advance(last + 1);
        }
    }

    /** A second goes by: a batch is submitted, and delivered by those that are not down. */
    private synchronized void advance(long second) {
        last = second;
        double wave = Math.sin(second / 61.0) + 0.5 * Math.sin(second / 17.0);
        long came = Math.max(20, Math.round(1_850 + 380 * wave + 110 * random.nextGaussian()));
        SimulatedBatch batch = submit(came, second * 1000 - 1000 + random.nextInt(20));
        Map<String, long[]> longest = new LinkedHashMap<>();
        for (String sink : SINKS) {
            if (!down.get(sink)) {
                // Files take longer: theirs appear a second later.
                long upTo = sink.equals("lake") ? batch.number - 1 : batch.number;
                catchUp(sink, upTo, longest);
            } else {
                retries.merge(sink, 2L, Long::sum);
            }
        }
        put("records", came);
        put("bytes", came * 187);
        put("backlogBytes", undeliveredBytes);
        put("deadLetters", second % 240 == 0 ? 2 : 0);
        put("sources/lines/records", came - came / 3);
        put("sources/orders/records", came / 3);
        for (String sink : SINKS) {
            put("sinks/" + sink + "/lagSeconds", lagSeconds(sink));
            put("sinks/" + sink + "/records", down.get(sink) ? 0 : came);
            for (int delay = 0; delay < DELAYS.size(); delay++) {
                long[] of = longest.get(sink);
                put("sinks/" + sink + "/" + DELAYS.get(delay), of == null ? null : (Long) of[delay]);
            }
        }
        for (int delay = 0; delay < DELAYS.size(); delay++) {
            int index = delay;
            put(
                    DELAYS.get(delay),
                    longest.values().stream()
                            .map(of -> of[index])
                            .max(Long::compare)
                            .orElse(null));
        }
        tasksDone = (tasksDone + 7) % 49;
    }

    /** A batch that is delivered to every sink at once. */
    synchronized long deliver(int count) {
        long now = System.currentTimeMillis();
        SimulatedBatch batch = submit(count, now);
        SINKS.forEach(sink -> complete(batch, sink, now, System.currentTimeMillis()));
        return batch.number;
    }

    private SimulatedBatch submit(long count, long submittedAt) {
        SimulatedBatch batch =
                new SimulatedBatch(firstBatch + records, count, submittedAt, random.nextInt(1 << 20), SINKS);
        records++;
        batches.put(batch.number, batch);
        appended += batch.bytes();
        undeliveredBytes += batch.bytes();
        tell("batch-submitted", batch.event(null).put("sinks", new JsonArray(SINKS)));
        while (batches.size() > LISTED_MAX && batches.firstEntry().getValue().isDelivered()) {
            batches.pollFirstEntry();
        }
        return batch;
    }

    /** A few batches a second, so that what an outage has left goes down slowly. */
    private void catchUp(String sink, long upTo, Map<String, long[]> longest) {
        int taken = 0;
        for (SimulatedBatch batch : List.copyOf(batches.values())) {
            if (batch.number <= upTo && !batch.isDeliveredTo(sink) && taken++ < 3) {
                long age = last * 1000 - batch.submittedAt;
                long scheduling = age > 2_200 ? age : Math.round(9 * Math.exp(0.45 * random.nextGaussian()));
                int base = sink.equals("api") ? 70 : sink.equals("warehouse") ? 110 : 900;
                long processing = Math.round(base * Math.exp((base > 500 ? 0.08 : 0.3) * random.nextGaussian()));
                long started = batch.submittedAt + scheduling;
                complete(batch, sink, started, started + processing);
                long[] of = longest.computeIfAbsent(sink, name -> new long[3]);
                of[0] = Math.max(of[0], scheduling);
                of[1] = Math.max(of[1], processing);
                of[2] = Math.max(of[2], scheduling + processing);
            }
        }
    }

    private void complete(SimulatedBatch batch, String sink, long startedAt, long completedAt) {
        batch.start(sink, startedAt);
        tell("batch-started", batch.event(sink));
        batch.complete(sink, completedAt);
        delivered.merge(sink, batch.records, Long::sum);
        if (batch.isDelivered()) {
            undeliveredBytes -= batch.bytes();
        }
        tell("batch-completed", batch.event(sink));
    }

    private void put(String name, Number value) {
        Deque<Number> values = series.computeIfAbsent(name, unused -> new ArrayDeque<>());
        values.addLast(value == null ? Double.NaN : value);
        if (values.size() > SECONDS) {
            values.removeFirst();
        }
    }

    private double lagSeconds(String sink) {
        Optional<SimulatedBatch> oldest = batches.values().stream()
                .filter(batch -> !batch.isDeliveredTo(sink))
                .findFirst();
        return oldest.map(batch -> Math.max(0, Math.round((last * 1000 - batch.submittedAt) / 100.0) / 10.0))
                .orElse(0.0);
    }

    private void tell(String name, JsonObject data) {
        events.addLast(new Event(++eventNumber, name, data.encode()));
        if (events.size() > EVENTS_MAX) {
            events.removeFirst();
        }
        notifyAll();
    }

    /** The first event after that one; waits for it a while; empty where none comes. */
    synchronized Optional<Event> eventAfter(long number, long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (eventNumber <= number && System.nanoTime() - deadline < 0) {
            wait(millis);
        }
        return events.stream().filter(event -> event.number() > number).findFirst();
    }

    synchronized long lastEvent() {
        return eventNumber;
    }

    synchronized JsonObject history(int seconds) {
        JsonObject json = new JsonObject()
                .put("lastEventId", "stub-" + eventNumber)
                .put("last", last)
                .put("seconds", seconds);
        series.forEach((name, values) -> {
            JsonArray newest = new JsonArray();
            values.stream().skip(Math.max(0, values.size() - seconds)).forEach(value -> newest.add(known(value)));
            JsonObject at = json;
            String[] path = name.split("/", -1);
            for (int depth = 0; depth < path.length - 1; depth++) {
                if (!at.containsKey(path[depth])) {
                    at.put(path[depth], new JsonObject());
                }
                at = at.getJsonObject(path[depth]);
            }
            at.put(path[path.length - 1], newest);
        });
        return json;
    }

    private static Number known(Number value) {
        return Double.isNaN(value.doubleValue()) ? null : value;
    }

    synchronized JsonObject batches() {
        JsonArray active = new JsonArray();
        JsonArray completed = new JsonArray();
        batches.values().stream().filter(batch -> !batch.isDelivered()).forEach(batch -> active.add(batch.json()));
        batches.descendingMap().values().stream()
                .filter(SimulatedBatch::isDelivered)
                .forEach(batch -> completed.add(batch.json()));
        return new JsonObject()
                .put("lastEventId", "stub-" + eventNumber)
                .put("submitted", batches.lastKey())
                .put("undelivered", active.size())
                .put("active", active)
                .put("completed", completed);
    }

    synchronized Optional<JsonObject> batch(long number) {
        return Optional.ofNullable(batches.get(number)).map(SimulatedBatch::jsonWithSizes);
    }

    synchronized JsonObject status() {
        boolean isWell = !down.containsValue(true);
        List<String> problems = new ArrayList<>();
        down.forEach((sink, isDown) -> {
            if (isDown) {
                problems.add("Sink " + sink + " cannot deliver: " + ERROR + ". It keeps retrying. "
                        + String.format(Locale.ROOT, "%,d", waiting(sink)) + " records wait. Nothing is lost.");
            }
        });
        JsonObject sinks = new JsonObject();
        SINKS.forEach(sink -> sinks.put(sink, sink(sink)));
        SimulatedBatch newest = batches.lastEntry().getValue();
        return new JsonObject()
                .put("name", "orders-1")
                .put("version", "0.2.0")
                .put("state", "running")
                .put("pressure", "none")
                .put("now", last * 1000)
                .put("startedAt", startedAt)
                .put(
                        "health",
                        new JsonObject()
                                .put("ok", isWell)
                                .put("level", isWell ? "ok" : "failing")
                                .put(
                                        "sentence",
                                        isWell
                                                ? "Healthy. The oldest undelivered record is 1.0 s old."
                                                : problems.get(0))
                                .put("problems", new JsonArray(problems)))
                .put(
                        "hottest",
                        new JsonObject()
                                .put("batch", newest.number)
                                .put("record", hottest)
                                .put("count", newest.buckets())
                                .put("records", newest.records))
                .put(
                        "admin",
                        new JsonObject()
                                .put("address", "127.0.0.1:8080")
                                .put("basePath", "")
                                .put("users", hasUsers ? new JsonObject().put("failedLogins", 0) : null))
                .put(
                        "journal",
                        new JsonObject()
                                .put("id", "0badcafe")
                                .put("appended", 48_000_000_000L + appended)
                                .put("synced", 48_000_000_000L + appended - 18_700)
                                .put("cut", 48_000_000_000L + appended - 74_800)
                                .put("delivered", 48_000_000_000L + appended - 74_800 - undeliveredBytes)
                                .put("backlogBytes", undeliveredBytes)
                                .put("queuedBytes", 0)
                                .put("freeBytes", 212L << 30)
                                .put("uncutRecords", 402)
                                .put("maxBacklogBytes", BACKLOG_MAX))
                .put("sources", SimulatedParts.sources(delivered.getOrDefault("lake", 0L), appended))
                .put("transforms", new JsonObject())
                .put("sinks", sinks)
                .put("offload", SimulatedParts.offload(sparkRuns ? batches.lastKey() : 0, tasksDone))
                .put(
                        "deadLetters",
                        new JsonObject()
                                .put("letters", 6)
                                .put("bytes", 2_914)
                                .put("maxBytes", 1L << 30)
                                .put("trouble", "")
                                .put(
                                        "byReason",
                                        new JsonObject().put("refused", 4).put("transform-failed", 2)));
    }

    private long waiting(String sink) {
        return batches.values().stream()
                .filter(batch -> !batch.isDeliveredTo(sink))
                .mapToLong(batch -> batch.records)
                .sum();
    }

    private JsonObject sink(String sink) {
        boolean isDown = down.get(sink);
        JsonObject shown = new JsonObject();
        if (sparkRuns && sink.equals("lake")) {
            shown.put("predicted", "12 tasks of 24 MiB, 4 at a time, 3 waves")
                    .put(
                            "progress",
                            new JsonObject()
                                    .put("stage", 2)
                                    .put("stages", 5)
                                    .put("tasks", 12)
                                    .put("tasksDone", 7)
                                    .put("records", 1_234));
        }
        String files = sparkRuns ? "spark" : "hdfs";
        return shown.put("type", sink.equals("api") ? "http" : sink.equals("lake") ? files : "jdbc")
                .put(
                        "target",
                        switch (sink) {
                            case "api" -> "http://orders.example.com/bulk";
                            case "lake" -> "hdfs://namenode.example.com/orders";
                            default -> "jdbc:postgresql://db.example.com/shop";
                        })
                .put(
                        "batch",
                        batches.values().stream()
                                .filter(batch -> !batch.isDeliveredTo(sink))
                                .mapToLong(batch -> batch.number - 1)
                                .findFirst()
                                .orElse(batches.lastKey()))
                .put("state", isDown ? "failing" : "delivering")
                .put("lastError", isDown ? ERROR : "")
                .put("lagSeconds", lagSeconds(sink))
                .put("lagRecords", waiting(sink))
                .put("requests", delivered.getOrDefault(sink, 0L) / 480)
                .put("retries", retries.getOrDefault(sink, 0L))
                .put("records", delivered.getOrDefault(sink, 0L))
                .put("bytes", 187 * delivered.getOrDefault(sink, 0L))
                .put("deadLetters", sink.equals("api") ? 3 : sink.equals("warehouse") ? 1 : 0)
                .put(
                        "deadLettersByReason",
                        new JsonObject()
                                .put("refused", sink.equals("api") ? 3 : sink.equals("warehouse") ? 1 : 0)
                                .put("not-json", 0));
    }
}
