package io.decant.ingest.pipeline;

import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.ResumePoint;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.ResumableStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The streams that the journal knew when it was opened: what is written from then on does not show here. For any
 * thread.
 *
 * @param positions how far it had each of them
 */
record ResumableStreams(Map<StreamId, JournalState.StreamPosition> positions) {

    ResumableStreams {
        positions = Collections.unmodifiableMap(new LinkedHashMap<>(positions));
    }

    /** Those of a source, by name, in the order in which they began. */
    Map<String, ResumableStream> of(String source) {
        Map<String, ResumableStream> kept = new LinkedHashMap<>();
        positions.forEach((stream, position) -> {
            if (stream.source().equals(source)) {
                ResumePoint resume = position.resume();
                kept.put(
                        stream.name(),
                        new ResumableStream(
                                position.next(),
                                position.seenServedMillis(),
                                resume.offset(),
                                resume.topicId(),
                                position.cursor()));
            }
        });
        return kept;
    }

    /** Records that the journal had of a stream. */
    long records(StreamId stream) {
        JournalState.StreamPosition position = positions.get(stream);
        return position == null ? 0 : position.next();
    }
}
