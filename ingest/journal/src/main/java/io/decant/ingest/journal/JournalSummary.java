package io.decant.ingest.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;

/**
 * A look at the journal under a data directory that changes nothing and may be taken beside the server that writes it.
 * Reads the newest segment only, so it neither finds damage elsewhere nor takes long.
 *
 * @param id as it stands in idempotency keys
 * @param segments how many there are
 * @param state what the journal knew at the end of the newest segment
 */
public record JournalSummary(String id, int segments, JournalState state) {

    /**
     * The journal under {@code dataDir}; nothing where there is none yet.
     *
     * @throws JournalException where it cannot be read, or is not one that this version can go on with
     */
    public static Optional<JournalSummary> at(Path dataDir) {
        try {
            Path idFile = JournalId.file(dataDir);
            if (!Files.exists(idFile)) {
                return Optional.empty();
            }
            int id = JournalId.read(idFile);
            NavigableMap<Long, Path> segments = new SegmentFiles(dataDir).segments();
            return Optional.of(new JournalSummary(JournalId.text(id), segments.size(), newestState(segments, id)));
        } catch (IOException e) {
            throw new JournalException(
                    JournalException.Kind.UNREACHABLE,
                    "journal under " + dataDir + " cannot be read: " + e + "; fix this, or set another data-dir",
                    e);
        }
    }

    /** A segment that was only begun has no checkpoint; the one before it has. */
    private static JournalState newestState(NavigableMap<Long, Path> segments, int id) throws IOException {
        for (Map.Entry<Long, Path> segment : segments.descendingMap().entrySet()) {
            try (MappedSegment view = MappedSegment.map(segment.getValue(), ChronicleSegmentStore.SEGMENT_BYTES_MAX)) {
                SegmentWalk walk = SegmentWalk.over(
                        view.buffer(), segment.getKey(), segment.getValue().toString(), id);
                if (walk.checkpoint() != null) {
                    return walk.state();
                }
            }
        }
        return new JournalState();
    }
}
