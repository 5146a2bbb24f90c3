package io.decant.ingest.pipeline;

import io.decant.config.Settings;
import io.decant.config.SourceSettings;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.JournalWriter;

/** How large things may be, as it follows from other sizes. */
public final class SizeLimits {

    /** One read of a socket at the most. */
    private static final int READ_BYTES_MAX = 1 << 20;
    /** Part of a segment that the positions of kept streams, of all sources together, may fill in its checkpoint. */
    private static final int STREAMS_DIVISOR = 4;
    /** Part of the kept streams of a source that requests may be. */
    private static final int REQUESTS_DIVISOR = 2;
    /** A dead letter goes out again only if a segment takes as many records of its length. */
    private static final int RECORDS_PER_SEGMENT_MIN = 4;

    private SizeLimits() {}

    /**
     * Longest payload that the sources of these settings hand in: one read, and the record that it completes or that
     * comes alone.
     */
    public static int blockBytesMax(Settings settings) {
        long recordBytesMax = 0;
        for (SourceSettings source : settings.sources().values()) {
            recordBytesMax = Math.max(recordBytesMax, source.maxRecord().bytes());
        }
        return Math.toIntExact(READ_BYTES_MAX + recordBytesMax + 1);
    }

    /**
     * Streams that one of so many sources may have kept. Beside their positions, and the rest of a checkpoint at its
     * longest, a segment has room for the longest block and the reserve behind it.
     *
     * @param blockBytesMax longest block
     * @param cursorBytesMax longest cursor of a stream; 0 where the sources have none
     */
    static int keptStreamsMax(long segmentBytes, int sources, int blockBytesMax, int cursorBytesMax) {
        long left = JournalWriter.streamsBytesMax(segmentBytes, blockBytesMax);
        long bytes = Math.max(0, Math.min(segmentBytes / STREAMS_DIVISOR, left));
        return Math.toIntExact(bytes / (JournalState.KEPT_STREAM_BYTES_MAX + cursorBytesMax) / sources);
    }

    /**
     * What the streams of requests of one of so many sources may count, see {@link JournalState#requestBytes}: half of
     * what its kept streams may take of a checkpoint, and its part of the heap that is for them.
     *
     * @param keptStreamsMax streams that the source may have kept
     */
    static long requestBytesMax(int keptStreamsMax, int sources) {
        long ofCheckpoint = (long) keptStreamsMax * JournalState.KEPT_STREAM_BYTES_MAX / REQUESTS_DIVISOR;
        return Math.min(
                JournalState.requestBytesOfCheckpoint(ofCheckpoint),
                JournalState.requestHeapBytes() / Math.max(1, sources));
    }

    /** Longest dead letter that goes out again. */
    static int replayedBytesMax(long segmentBytes) {
        return Math.toIntExact(segmentBytes / RECORDS_PER_SEGMENT_MIN);
    }
}
