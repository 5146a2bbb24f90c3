package io.decant.ingest.history;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What somebody learns of batches who reads the events, over crashes and restarts: each is submitted once, and completed
 * once at each sink that it is for. What is not told, a gap must say; and nothing that was told may be undone.
 */
public final class ToldBatches {

    /** Whether a batch is for a sink, of one that was submitted in a gap; false where nobody knows. */
    public interface Recipients {
        boolean isFor(String sink, long batch);
    }

    private final Recipients untold;
    private final Map<Long, Set<String>> sinksOf = new HashMap<>();
    private final Map<String, Long> completed = new HashMap<>();
    private final Map<String, List<JsonObject>> completions = new HashMap<>();
    private long submitted;
    private int submissions;
    private int gaps;

    public ToldBatches(Recipients untold) {
        this.untold = untold;
    }

    /**
     * The next event.
     *
     * @throws AssertionError where it contradicts what was told before
     */
    public void take(ToldEvent event) {
        switch (event.name()) {
            case "gap" -> gap(event.data());
            case "batch-submitted" -> submitted(event.data());
            case "batch-completed" -> completed(event.data());
            default -> {
                // It may come again.
            }
        }
    }

    private void gap(JsonObject data) {
        gaps++;
        require(data.getLong("submitted") >= submitted, "a batch is gone that was submitted", data);
        submitted = data.getLong("submitted");
        data.getJsonObject("completed").forEach(sink -> {
            long now = ((Number) sink.getValue()).longValue();
            require(now >= completedUpTo(sink.getKey()), "a batch comes again that was completed", data);
            completed.put(sink.getKey(), now);
        });
    }

    private void submitted(JsonObject data) {
        submissions++;
        require(data.getLong("number") == submitted + 1, "submitted twice, or not after " + submitted, data);
        submitted++;
        Set<String> sinks = new HashSet<>();
        data.getJsonArray("sinks").forEach(sink -> sinks.add((String) sink));
        sinksOf.put(submitted, sinks);
    }

    private void completed(JsonObject data) {
        if (data.getBoolean("replay")) {
            return;
        }
        String sink = data.getString("sink");
        long number = data.getLong("number");
        require(number > completedUpTo(sink), "completed twice", data);
        require(number <= submitted, "completed before it was submitted", data);
        requireNothingBefore(sink, number, data);
        completed.put(sink, number);
        completions.computeIfAbsent(sink, name -> new ArrayList<>()).add(data);
    }

    private void requireNothingBefore(String sink, long end, Object data) {
        for (long batch = completedUpTo(sink) + 1; batch < end; batch++) {
            require(!isFor(sink, batch), "nothing was said of batch " + batch + " at " + sink, data);
        }
    }

    private boolean isFor(String sink, long batch) {
        Set<String> told = sinksOf.get(batch);
        return told == null ? untold.isFor(sink, batch) : told.contains(sink);
    }

    /** Requires that it knows of everything, now that these sinks have everything. */
    public void requireAll(Iterable<String> sinks) {
        sinks.forEach(sink -> requireNothingBefore(sink, submitted + 1, "at the end"));
    }

    /** The last batch that a sink is known to have. */
    public long completedUpTo(String sink) {
        return completed.getOrDefault(sink, 0L);
    }

    /** The last batch that it knows of. */
    public long submitted() {
        return submitted;
    }

    public int submissions() {
        return submissions;
    }

    public int gaps() {
        return gaps;
    }

    /** What it was told when a sink had a batch. */
    public List<JsonObject> completions(String sink) {
        return completions.getOrDefault(sink, List.of());
    }

    private static void require(boolean holds, String otherwise, Object data) {
        if (!holds) {
            throw new AssertionError(otherwise + ": " + data);
        }
    }
}
