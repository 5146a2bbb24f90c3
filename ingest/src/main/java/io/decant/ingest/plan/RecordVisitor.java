package io.decant.ingest.plan;

/** Takes records one after another, as they arrive. */
@FunctionalInterface
interface RecordVisitor {

    /**
     * @param address where the record begins
     * @param length its bytes, without its newline
     */
    void record(long address, int length);
}
