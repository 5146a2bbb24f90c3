package io.decant.ingest.pipeline;

import io.decant.config.Settings;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalRecovery;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.JournalWriter;
import io.decant.ingest.journal.SegmentKeeper;
import io.decant.ingest.journal.SegmentStore;
import io.decant.ingest.journal.Shape;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes room for the segment that a start opens. */
final class FirstSegment {

    private static final Logger log = LoggerFactory.getLogger(FirstSegment.class);

    private FirstSegment() {}

    /**
     * Prepares it. A journal that is there is opened on a full disk, too: nothing is taken then, but what is delivered
     * frees the disk. For that a short segment does.
     *
     * @param shape the longest that the settings make
     * @throws JournalException where there is no room even for that, or the journal is new
     */
    static void prepare(
            SegmentKeeper keeper,
            SegmentStore store,
            JournalRecovery.Recovered recovered,
            Settings settings,
            Shape shape) {
        try {
            keeper.prepareNow();
        } catch (IOException e) {
            if (recovered.end() > 0 && prepareShort(store, recovered.state(), shape)) {
                log.warn(
                        "journal: no room for a whole segment: {}; using a short one to deliver what is there",
                        e.toString());
                return;
            }
            throw new JournalException(
                    JournalException.Kind.UNREACHABLE,
                    "journal: no room for a segment of " + settings.journal().segmentSize() + " under "
                            + settings.dataDir() + ": " + e.getMessage()
                            + "; free some, inodes count as well, or set a smaller journal.segment-size",
                    e);
        }
    }

    private static boolean prepareShort(SegmentStore store, JournalState state, Shape shape) {
        try {
            JournalWriter.prepareShort(store, state, shape);
            return true;
        } catch (IOException e) {
            log.debug("journal: no room for a short segment either", e);
            return false;
        }
    }
}
