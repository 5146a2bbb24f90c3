package io.decant.ingest.journal;

/**
 * What a checkpoint leaves out because it is no longer needed, and how long servers have served. The settings
 * know, the journal does not. Asked by the writer's thread.
 */
@FunctionalInterface
public interface CheckpointRules {

    /** Whether a kept stream will not be continued. */
    boolean isForgotten(StreamId stream, JournalState.StreamPosition position);

    /** Whether a source was removed from the settings. */
    default boolean isRemoved(String source) {
        return false;
    }

    /** How long servers of this journal have served, in milliseconds; only grows. */
    default long servedMillis() {
        return 0;
    }

    /** Whether the settings have sessions, which age by the time served. */
    default boolean hasSessions() {
        return false;
    }
}
