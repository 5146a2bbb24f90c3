package io.decant.ingest.batch;

/** Files of staged batches that cannot be read. */
public final class StagedReads {

    private StagedReads() {}

    public static StagedReadException failed(String file, Exception cause) {
        return new StagedReadException(file, cause);
    }
}
