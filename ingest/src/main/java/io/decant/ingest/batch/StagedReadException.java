package io.decant.ingest.batch;

/** Buckets of an offloaded batch cannot be read from their filesystem now; they may be later, from the same object. */
public final class StagedReadException extends RuntimeException {

    StagedReadException(String file, Exception cause) {
        super("cannot read " + file + " of the staged batch: " + cause.getMessage(), cause);
    }
}
