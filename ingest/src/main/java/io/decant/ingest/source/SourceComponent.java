package io.decant.ingest.source;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A source as its settings describe it: everything that the server and the command line must know of its type. It holds
 * a name and settings, connects to nothing unless asked to, and is safe from any thread.
 *
 * <p>A type of source implements it in its own package; see docs/extending.md.
 */
public interface SourceComponent {

    /** The source's name in the settings. */
    String name();

    /** Makes the source; it does nothing before {@link Source#start}. */
    Source create(SourceContext context);

    /** What it takes of the process. */
    SourceNeeds needs();

    /**
     * How long the position of a stream is kept after its last record, in time that servers served; empty: forever,
     * because the source would read again what is in the journal already.
     */
    default Optional<Duration> streamRetention() {
        return Optional.empty();
    }

    /**
     * Longest cursor of its streams, in bytes; 0 where they have none. A checkpoint has room for one of each stream.
     */
    default int cursorBytesMax() {
        return 0;
    }

    /** Tables that it imports, by which its end can be waited for; empty: it reads on for ever. */
    default Set<String> importedTables() {
        return Set.of();
    }

    /**
     * The same for one of its streams, where that is not the same for all; asked by the journal's writer.
     *
     * @param stream its name
     */
    default Optional<Duration> streamRetention(String stream) {
        return streamRetention();
    }

    /** Whether clients resume streams by name, so that the age of these must be known. */
    default boolean keepsSessions() {
        return false;
    }

    /**
     * What is wrong with the settings that {@code config} cannot know, with the way out; a line each. Connects to
     * nothing.
     */
    default List<String> problems() {
        return List.of();
    }

    /** What is allowed and may still be a mistake; a line each. Connects to nothing. */
    default List<String> hints() {
        return List.of();
    }

    /**
     * Tries once to reach what the source reads from, and says what keeps it from reading; a line each. Reads no record
     * and keeps nothing open. Blocks, but not for long. Empty for a source that listens.
     */
    default List<String> connectionProblems() {
        return List.of();
    }

    /** What it would read, where it can be reached; a line each. Connects as {@link #connectionProblems} does. */
    default List<String> connectionReport() {
        return List.of();
    }
}
