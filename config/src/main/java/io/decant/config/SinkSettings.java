package io.decant.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The settings of one entry under {@code sinks}; its {@code type} decides which. What another section or another module
 * must know of them is asked here, not by the class.
 */
public interface SinkSettings extends ComponentSettings {

    /** The same, with every relative path in it taken from {@code folder}. */
    SinkSettings relativeTo(Path folder);

    /**
     * What does not fit together, of these settings.
     *
     * @param path dotted key of the sink
     */
    List<Conflict> conflicts(String path);

    /**
     * What is wrong with files and folders that these settings name; for settings whose paths are absolute.
     *
     * @param path dotted key of the sink
     */
    default List<Conflict> fileConflicts(String path) {
        return List.of();
    }

    /**
     * What does not fit together, of these settings and those of buckets.
     *
     * @param path dotted key of the sink
     */
    default List<Conflict> bucketConflicts(String path, BucketSettings bucket) {
        return List.of();
    }

    /**
     * What does not fit together, of these settings and those that say where Spark runs; for settings whose paths are
     * absolute, of a sink that {@linkplain #usesOffload() uses} them.
     *
     * @param path dotted key of the sink
     */
    default List<Conflict> offloadConflicts(String path, OffloadSettings offload) {
        return List.of();
    }

    /** Whether its batches go to Spark whatever their size, so that the section {@code offload} must be there. */
    default boolean usesOffload() {
        return false;
    }

    /** Whether the sink gets, in place of records, each key of a batch with how often it occurs. */
    default boolean countsKeys() {
        return false;
    }

    /** The directory below which the sink writes, which no other sink may have; empty where it writes no files. */
    default Optional<SinkDirectory> directory() {
        return Optional.empty();
    }
}
