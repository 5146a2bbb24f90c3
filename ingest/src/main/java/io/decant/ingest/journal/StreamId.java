package io.decant.ingest.journal;

import java.util.Objects;

/**
 * One ordered input: a TCP connection, a session over many connections.
 *
 * @param source the name of the source in the settings
 * @param name what tells this stream from the others of its source: a peer's address, a session's id
 * @param kept whether the journal keeps the stream's position for a restart to resume at; a session is kept, a plain
 *     connection ends with its socket
 */
public record StreamId(String source, String name, boolean kept) {

    public StreamId {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(name, "name");
    }
}
