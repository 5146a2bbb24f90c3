package io.decant.ingest.sink;

import io.decant.bucketer.KeySpec;
import io.decant.ingest.journal.SinkShape;
import io.decant.offload.protocol.SinkOutput;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A sink as its settings describe it: everything that the server and the command line must know of its type. It holds a
 * name and settings, connects to nothing unless asked to, and is safe from any thread.
 *
 * <p>A type of sink implements it in its own package; see docs/extending.md.
 */
public interface SinkComponent {

    /** The sink's name in the settings. */
    String name();

    /** Makes the sink. */
    Sink create(SinkContext context);

    /** What a cut freezes of these settings: whatever shapes requests or files. */
    SinkShape shape();

    /** Where it delivers to, as {@code /status} shows it: without user, query and other secrets. */
    String target();

    /** What it takes of the process. */
    SinkNeeds needs();

    /**
     * What a Spark job can finish for this sink, so that the sink only has to move it into place; empty where the sink
     * itself must deliver what the job has sorted into buckets.
     *
     * @param shape of the batch, as its cut has it
     * @param staging where the job writes
     */
    default Optional<SinkOutput> outputOfJob(SinkShape shape, URI staging) {
        return Optional.empty();
    }

    /** The jars of a Spark job of the user's that it runs over each batch; empty: it runs none. */
    default Optional<List<Path>> jobJars() {
        return Optional.empty();
    }

    /** A cluster's filesystem that it writes to, whose capacity an operator wants to know; empty: none. */
    default Optional<ClusterStorage> storage() {
        return Optional.empty();
    }

    /**
     * What is allowed and may still be a mistake; a line each. Connects to nothing.
     *
     * @param batchInterval length of a window
     */
    default List<String> hints(Duration batchInterval) {
        return List.of();
    }

    /**
     * Tries once to reach what the sink delivers to, and says what keeps it from delivering; a line each. Sends nothing
     * and keeps nothing open. Blocks, but not for long.
     *
     * @param bucketKey what no bucket holds twice
     */
    default List<String> connectionProblems(KeySpec bucketKey) {
        return List.of();
    }

    /** What is allowed and may still be a mistake, as what the sink delivers to has it; a line each. As above. */
    default List<String> connectionHints(KeySpec bucketKey) {
        return List.of();
    }

    /** Whether a replay must end with the newest batch: what it delivers overwrites what came later. */
    default boolean replaysToNewest() {
        return false;
    }

    /** What an operator should know before dead letters are replayed to it; empty: nothing. */
    default Optional<String> letterReplayHint() {
        return Optional.empty();
    }

    /**
     * Where batches that were cut with this shape were to go, if these settings deliver to another place, where it is
     * not known what is delivered already; empty: they do not.
     */
    default Optional<String> movedFrom(SinkShape undelivered) {
        return Optional.empty();
    }
}
