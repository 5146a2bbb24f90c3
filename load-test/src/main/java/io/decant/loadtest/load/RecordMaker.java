package io.decant.loadtest.load;

/** Writes the records of a pool, one after another, all of one length. Owned by one thread. */
interface RecordMaker {

    /** Writes the next record and its newline; its round is 0. */
    void next(long address);

    /** Makes a record one of another round. */
    void stamp(long address, long round);
}
