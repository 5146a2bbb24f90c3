package io.decant.ingest.journal;

import java.util.Objects;

/**
 * One ordered input: a TCP connection, a session over many connections, a partition of a Kafka topic.
 *
 * @param source the name of the source in the settings
 * @param name what tells this stream from the others of its source: a peer's address, a session's id,
 *     {@code <topic>-<partition>}
 * @param kept whether the journal keeps the stream's position for a restart to resume at; a session is kept, and a
 *     partition, a plain connection ends with its socket
 */
public record StreamId(String source, String name, boolean kept) {

    /** A source's name, with what a replay puts before a sink's. */
    static final int SOURCE_BYTES_MAX = 4 + 64;
    /** A topic's name, and what tells its partitions apart. */
    public static final int NAME_BYTES_MAX = 249 + 11;

    /**
     * Before the name of a stream that is one request, known by its idempotency key. No session and no partition has a
     * name with a colon.
     */
    public static final String REQUEST_PREFIX = "key:";

    public StreamId {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(name, "name");
    }

    /**
     * Whether it is one request, kept so that it can be told from its repetition. There may be many of them, so the
     * journal forgets the oldest ones of a source, see {@link RequestStreams}.
     */
    boolean isRequest() {
        return kept && name.startsWith(REQUEST_PREFIX);
    }
}
