package io.decant.ingest.source.kafka;

/** How a source is doing; {@link SourceHealth} holds the one place where it changes. */
enum SourceState {
    /** There was no answer yet. */
    CONNECTING,
    READING,
    /** There is no answer. */
    AWAY,
    /** There is an answer, but reading is not possible. */
    FAILING,
    /** Reads no more; what it handed in is being synced. */
    DRAINING,
    STOPPED
}
