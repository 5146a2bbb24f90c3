package io.decant.ingest.source.kafka;

/** How a source is doing; {@link SourceHealth} holds the one place where it changes. */
enum SourceState {
    /** Nobody has answered yet. */
    CONNECTING,
    READING,
    /** Nobody answers. */
    AWAY,
    /** Somebody answers, and does not let us read. */
    FAILING,
    /** Reads no more; what it handed in is being synced. */
    DRAINING,
    STOPPED
}
