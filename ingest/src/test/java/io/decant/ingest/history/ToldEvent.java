package io.decant.ingest.history;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An event as a reader gets it. */
public record ToldEvent(String id, String name, JsonObject data) {

    /** What a reader reads that is at a place, to the end. */
    public static List<ToldEvent> from(EventLog log, EventLog.Piece begin) {
        List<ToldEvent> told = new ArrayList<>(in(begin.frames()));
        EventLog.Piece piece = log.read(begin.next(), 1).orElseThrow();
        while (piece.frames().length > 0) {
            told.addAll(in(piece.frames()));
            piece = log.read(piece.next(), 1).orElseThrow();
        }
        return told;
    }

    public static List<ToldEvent> in(byte[] frames) {
        List<ToldEvent> events = new ArrayList<>();
        String id = "";
        String name = "";
        for (String line : new String(frames, StandardCharsets.UTF_8).split("\n", -1)) {
            if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("event: ")) {
                name = line.substring(7);
            } else if (line.startsWith("data: ")) {
                events.add(new ToldEvent(id, name, new JsonObject(line.substring(6))));
            }
        }
        return events;
    }

    /** As {@code batch-completed 3 api}. */
    public String words() {
        String sink = data.getString("sink");
        return name + " " + data.getLong("number") + (sink == null ? "" : " " + sink);
    }
}
