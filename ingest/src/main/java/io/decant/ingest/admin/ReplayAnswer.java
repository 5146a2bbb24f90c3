package io.decant.ingest.admin;

import io.decant.config.PrintableText;
import io.decant.offload.json.Json;
import io.decant.offload.json.JsonFormatException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a replay of dead letters came to.
 *
 * @param records that go out again
 * @param batches that were made of them so far
 * @param sinks how many go to each sink; empty name: to every sink
 * @param unsettled letters that stay, since a restart might come back to their records
 * @param unknownSink letters that stay, since their sink is not in the settings
 * @param newline letters that stay, since a newline is in the record
 * @param damaged lines that stay, since they cannot be read
 * @param notAsked letters that stay, since the query leaves them out
 * @param waits why not all of the records are in the journal yet, or why there are none where dead letters hold the
 *     server up; empty where neither is so
 */
public record ReplayAnswer(
        long records,
        long batches,
        Map<String, Long> sinks,
        long unsettled,
        long unknownSink,
        long newline,
        long damaged,
        long notAsked,
        String waits) {

    public ReplayAnswer {
        sinks = Collections.unmodifiableMap(new LinkedHashMap<>(sinks));
    }

    /** As it is answered. {@code unfit} is the sum of the two behind it. */
    private record Body(
            long records,
            long batches,
            Map<String, Long> sinks,
            long unsettled,
            long unfit,
            long unknownSink,
            long newline,
            long damaged,
            long notAsked,
            String waits) {}

    String toJson() {
        Body body = new Body(
                records,
                batches,
                sinks,
                unsettled,
                unknownSink + newline,
                unknownSink,
                newline,
                damaged,
                notAsked,
                waits);
        return PrintableText.ofJson(Json.prettyText(body)) + "\n";
    }

    /** What a server answered; empty where that is something else. */
    public static Optional<ReplayAnswer> of(String answer) {
        try {
            Body body = Json.read(answer, Body.class);
            return Optional.of(new ReplayAnswer(
                    body.records,
                    body.batches,
                    body.sinks,
                    body.unsettled,
                    body.unknownSink,
                    body.newline,
                    body.damaged,
                    body.notAsked,
                    body.waits));
        } catch (JsonFormatException e) {
            return Optional.empty();
        }
    }
}
