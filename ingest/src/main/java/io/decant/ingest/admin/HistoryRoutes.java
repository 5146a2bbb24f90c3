package io.decant.ingest.admin;

import io.decant.ingest.history.History;
import io.decant.ingest.history.SecondHistory;
import java.util.Optional;

/** What is served of the last minutes. Any thread; waits for nothing. */
final class HistoryRoutes {

    private static final String JSON = "application/json";
    /** What a page that cannot send a header asks by; the header takes precedence. */
    private static final String LAST_EVENT_ID = "last-event-id";

    /** Asks for {@code seconds} and {@code status}, too. */
    private static final String LIVE = "live";
    /** Seconds that are told each second: enough for a few late ones. */
    private static final int LIVE_SECONDS = 5;

    private final History history;

    HistoryRoutes(History history) {
        this.history = history;
    }

    /** {@code /history}. */
    Answer seconds(AdminRequest request) {
        String asked = parameter(request, "seconds").orElse(String.valueOf(SecondHistory.SECONDS));
        int seconds = asked.matches("[0-9]{1,3}") ? Integer.parseInt(asked) : 0;
        if (seconds < 1 || seconds > SecondHistory.SECONDS) {
            return Answer.text(400, "seconds must be from 1 to " + SecondHistory.SECONDS + "\n");
        }
        // Before the values: what happens in between is told once more, and not missed.
        String lastEventId = history.events().lastId();
        return Answer.of(200, JSON, HistoryJson.text(history.seconds().last(seconds), lastEventId));
    }

    /** The newest values in one line, without its end. */
    String liveLine() {
        return HistoryJson.text(
                        history.seconds().last(LIVE_SECONDS), history.events().lastId())
                .stripTrailing();
    }

    /** One with a bad escape is none. */
    private static Optional<String> parameter(AdminRequest request, String name) {
        try {
            return request.parameter(name);
        } catch (IllegalArgumentException e) {
            return Optional.of("");
        }
    }

    /** {@code /batches}. */
    Answer batches() {
        // Before the batches, for the same reason.
        String lastEventId = history.events().lastId();
        return Answer.of(200, JSON, BatchesJson.text(history.batches(), lastEventId));
    }

    /** {@code /batches/{number}}. */
    Answer batch(String number) {
        if (!number.matches("[0-9]{1,18}")) {
            return Answer.text(400, "not the number of a batch\n");
        }
        return history.batches()
                .batch(Long.parseLong(number))
                .map(batch -> Answer.of(200, JSON, BatchesJson.text(batch)))
                .orElseGet(() -> Answer.text(404, "batch " + Long.parseLong(number) + " is not kept; see /batches\n"));
    }

    /** {@code /events}. */
    static Answer events(AdminRequest request) {
        Optional<String> header = Optional.of(request.lastEventId()).filter(id -> !id.isEmpty());
        return Answer.events(
                header.or(() -> parameter(request, LAST_EVENT_ID)).orElse(""),
                parameter(request, LIVE).isPresent());
    }
}
