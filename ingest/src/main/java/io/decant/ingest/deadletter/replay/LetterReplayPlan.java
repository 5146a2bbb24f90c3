package io.decant.ingest.deadletter.replay;

import io.decant.ingest.deadletter.DeadLetterReader;
import io.decant.ingest.deadletter.DeadLetterStore;
import io.decant.ingest.deadletter.LetterFiles;
import io.decant.ingest.deadletter.LetterLine;
import io.decant.ingest.journal.Recipients;
import io.decant.ingest.journal.StreamId;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Letters that were taken out to go again, in a file that stays until all of them are in the journal.
 *
 * @param id tells it from all others, ever
 * @param letters how many there are of each sink, in the order in which the sinks come in the file; or of each other
 *     {@link io.decant.ingest.deadletter.DeadLetter#replayGroup}
 */
record LetterReplayPlan(String id, Map<String, Long> letters) {

    LetterReplayPlan {
        letters = Collections.unmodifiableMap(new LinkedHashMap<>(letters));
    }

    /** Looks the file through. */
    static LetterReplayPlan read(DeadLetterStore store, String id) throws IOException {
        Map<String, Long> letters = new LinkedHashMap<>();
        try (DeadLetterReader lines = DeadLetterReader.of(store, List.of(LetterFiles.replay(id)))) {
            for (LetterLine line = lines.next(); line != null; line = lines.next()) {
                if (!line.isDamaged()) {
                    letters.merge(line.filed().letter().replayGroup(), 1L, Long::sum);
                }
            }
        }
        return new LetterReplayPlan(id, letters);
    }

    long count() {
        return letters.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The stream in which those of a sink go. */
    StreamId stream(String sink) {
        return Recipients.replayStream(sink, id);
    }
}
