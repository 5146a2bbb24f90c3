package io.decant.ingest.simulation;

import io.decant.ingest.history.History;
import io.decant.ingest.history.ToldEvent;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Somebody who reads the events now and then, and comes back after a crash with the id of the last one. What it is told
 * must be that each batch was submitted once, and is completed once at each sink that it is for; what it is not told, a
 * gap must say, and nothing that it was told may be undone.
 */
final class EventWatcher {

    private static final int READS_ONE_OF = 30;

    private final Random random;
    private String lastId = "";
    private long submitted;
    private final Map<String, Long> completed = new HashMap<>();
    /** By batch, of those that it was told of. */
    private final Map<Long, Set<String>> recipients = new HashMap<>();

    int gaps;
    int submissions;
    int completions;

    EventWatcher(long seed) {
        random = new Random(seed * 0x94D0_49BB_1331_11EBL);
    }

    /** Before the first event of the first process. */
    void begin(History history) {
        if (lastId.isEmpty()) {
            lastId = history.events().lastId();
        }
    }

    void mayRead(History history) {
        if (random.nextInt(READS_ONE_OF) == 0) {
            read(history);
        }
    }

    void read(History history) {
        for (ToldEvent event : ToldEvent.from(history.events(), history.events().begin(lastId))) {
            lastId = event.id();
            switch (event.name()) {
                case "gap" -> gap(event.data());
                case "batch-submitted" -> submitted(event.data());
                case "batch-completed" -> completed(event.data(), history);
                default -> {
                    // It may come again.
                }
            }
        }
    }

    private void gap(JsonObject data) {
        gaps++;
        require(data.getLong("submitted") >= submitted, "a batch is gone that was submitted", data);
        submitted = data.getLong("submitted");
        data.getJsonObject("completed").forEach(sink -> {
            long now = ((Number) sink.getValue()).longValue();
            require(now >= completed.getOrDefault(sink.getKey(), 0L), "a batch comes again that was completed", data);
            completed.put(sink.getKey(), now);
        });
    }

    private void submitted(JsonObject data) {
        submissions++;
        require(data.getLong("number") == submitted + 1, "submitted twice, or not after " + submitted, data);
        submitted++;
        Set<String> sinks = new HashSet<>();
        data.getJsonArray("sinks").forEach(sink -> sinks.add((String) sink));
        recipients.put(submitted, sinks);
    }

    private void completed(JsonObject data, History history) {
        if (data.getBoolean("replay")) {
            return;
        }
        completions++;
        String sink = data.getString("sink");
        long before = completed.getOrDefault(sink, 0L);
        long number = data.getLong("number");
        require(number > before, "completed twice", data);
        require(number <= submitted, "completed before it was submitted", data);
        for (long between = before + 1; between < number; between++) {
            require(!isFor(sink, between, history), "nothing was said of batch " + between, data);
        }
        completed.put(sink, number);
    }

    /** Everything is delivered: it knows so. */
    void verify(History history, Iterable<String> sinks) {
        read(history);
        for (String sink : sinks) {
            long last = completed.getOrDefault(sink, 0L);
            for (long batch = last + 1; batch <= submitted; batch++) {
                require(!isFor(sink, batch, history), "nothing was said of batch " + batch + " at " + sink, null);
            }
        }
    }

    /** Where a gap has left it out, the history knows, unless the batch was not for any sink that comes to it. */
    private boolean isFor(String sink, long batch, History history) {
        Set<String> told = recipients.get(batch);
        if (told != null) {
            return told.contains(sink);
        }
        return history.batches()
                .batch(batch)
                .map(view -> view.sinks().containsKey(sink))
                .orElse(false);
    }

    private static void require(boolean holds, String otherwise, JsonObject data) {
        if (!holds) {
            throw new AssertionError(otherwise + ": " + data);
        }
    }
}
