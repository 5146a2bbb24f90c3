package io.decant.ingest.sink.hdfs;

import io.decant.config.FileFormat;
import io.decant.ingest.journal.SinkShape;

/** The formats of files by their names in a cut. Stateless. */
final class Formats {

    private Formats() {}

    /** @throws IllegalArgumentException for a format that files do not have */
    static FileFormat of(SinkShape shape) {
        return switch (shape.format()) {
            case SinkShape.LINES -> FileFormat.LINES;
            case SinkShape.ENVELOPE -> FileFormat.ENVELOPE;
            case SinkShape.COUNTS, SinkShape.COUNT_LINES -> FileFormat.COUNTS;
            default ->
                throw new IllegalArgumentException(
                        "sink " + shape.name() + " has no files of format " + shape.format());
        };
    }
}
