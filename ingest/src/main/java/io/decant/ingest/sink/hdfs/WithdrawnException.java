package io.decant.ingest.sink.hdfs;

/** The batch was taken away while it was being written: nobody waits for it any more. */
final class WithdrawnException extends RuntimeException {

    private static final long serialVersionUID = 1;

    WithdrawnException(long batch) {
        super("batch " + batch + " was taken away");
    }
}
