package io.decant.ingest.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** A batch of {@link PageWorld}, with buckets as a few hot keys make them. */
final class SimulatedBatch {

    static final String HOTTEST = "{\"order\":\"A-10442\",\"status\":\"packed\"}";
    private static final int RECORD_BYTES = 187;

    final long number;
    final long records;
    final long submittedAt;
    private final long[] sizes;
    private final Map<String, Delivery> sinks = new LinkedHashMap<>();

    private static final class Delivery {
        Long startedAt;
        Long completedAt;
    }

    SimulatedBatch(long number, long records, long submittedAt, int seed, List<String> sinks) {
        this.number = number;
        this.records = records;
        this.submittedAt = submittedAt;
        this.sizes = sizes(records, new Random(seed));
        sinks.forEach(sink -> this.sinks.put(sink, new Delivery()));
    }

    /** Each bucket holds fewer keys than the one before. */
    private static long[] sizes(long records, Random random) {
        int buckets = (int) Math.min(records, 14 + random.nextInt(12));
        double[] shares = new double[buckets];
        double sum = 0;
        for (int bucket = 0; bucket < buckets; bucket++) {
            shares[bucket] = Math.exp(-bucket / 4.0) + 0.002;
            sum += shares[bucket];
        }
        long[] sizes = new long[buckets];
        long left = records;
        for (int bucket = buckets - 1; bucket > 0; bucket--) {
            sizes[bucket] = Math.max(1, Math.round(records * shares[bucket] / sum));
            left -= sizes[bucket];
        }
        sizes[0] = left;
        return sizes;
    }

    long bytes() {
        return records * RECORD_BYTES;
    }

    int buckets() {
        return sizes.length;
    }

    void start(String sink, long at) {
        sinks.get(sink).startedAt = at;
    }

    void complete(String sink, long at) {
        sinks.get(sink).completedAt = at;
    }

    boolean isDeliveredTo(String sink) {
        return sinks.get(sink).completedAt != null;
    }

    boolean isDelivered() {
        return sinks.values().stream().allMatch(sink -> sink.completedAt != null);
    }

    /** The data of an event; of no sink: of its submission. */
    JsonObject event(String sink) {
        Delivery delivery = sink == null ? new Delivery() : sinks.get(sink);
        return delays(
                        new JsonObject()
                                .put("number", number)
                                .put("sink", sink)
                                .put("window", window())
                                .put("records", records)
                                .put("bytes", bytes())
                                .put("buckets", delivery.completedAt == null ? null : buckets())
                                .put("submittedAt", submittedAt),
                        delivery.startedAt,
                        delivery.completedAt)
                .put("replay", false)
                .put("error", null);
    }

    JsonObject json() {
        Long startedAt = sinks.values().stream()
                .map(sink -> sink.startedAt)
                .filter(Objects::nonNull)
                .min(Long::compare)
                .orElse(null);
        Long completedAt = !isDelivered()
                ? null
                : sinks.values().stream()
                        .map(sink -> sink.completedAt)
                        .max(Long::compare)
                        .orElseThrow();
        JsonObject bySink = new JsonObject();
        sinks.forEach((name, sink) -> bySink.put(name, sinkJson(sink)));
        return delays(
                        new JsonObject()
                                .put("number", number)
                                .put("window", window())
                                .put("records", records)
                                .put("bytes", bytes())
                                .put("buckets", startedAt == null ? null : buckets())
                                .put("where", "memory")
                                .put("state", isDelivered() ? "delivered" : startedAt == null ? "cut" : "delivering")
                                .put("submittedAt", submittedAt),
                        startedAt,
                        completedAt)
                .put("hottest", new JsonObject().put("record", HOTTEST).put("count", buckets()))
                .put("hottestByName", new JsonObject())
                .put("sinks", bySink);
    }

    JsonObject jsonWithSizes() {
        JsonArray perBucket = new JsonArray();
        for (long size : sizes) {
            perBucket.add(size);
        }
        return json().put(
                        "bucketSizes",
                        new JsonObject().put("bucketsPerValue", 1).put("records", perBucket));
    }

    private JsonObject sinkJson(Delivery sink) {
        boolean waits = sink.startedAt == null;
        boolean isDone = sink.completedAt != null;
        return delays(
                        new JsonObject().put("state", isDone ? "delivered" : waits ? "waiting" : "delivering"),
                        sink.startedAt,
                        sink.completedAt)
                .put("bucketsDelivered", isDone ? (Integer) buckets() : waits ? null : (Integer) 0)
                .put("parts", waits ? 0 : buckets() + 2)
                .put("requests", isDone ? buckets() + 2 : 0)
                .put("retries", 0)
                .put("lastError", "");
    }

    private JsonObject delays(JsonObject json, Long startedAt, Long completedAt) {
        return json.put("startedAt", startedAt)
                .put("completedAt", completedAt)
                .put("schedulingDelay", startedAt == null ? null : (Long) (startedAt - submittedAt))
                .put("processingDelay", completedAt == null ? null : (Long) (completedAt - startedAt))
                .put("totalDelay", completedAt == null ? null : (Long) (completedAt - submittedAt));
    }

    private String window() {
        Instant end = Instant.ofEpochMilli(submittedAt).truncatedTo(ChronoUnit.SECONDS);
        return end.minusSeconds(1) + "/" + end;
    }
}
