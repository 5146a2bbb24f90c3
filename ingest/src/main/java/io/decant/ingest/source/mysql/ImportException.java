package io.decant.ingest.source.mysql;

/**
 * A table, or a range of one, that cannot be imported, and for which no retry helps; with the reason and the way out.
 */
final class ImportException extends RuntimeException {

    private static final long serialVersionUID = 1;

    ImportException(String message) {
        super(message);
    }
}
