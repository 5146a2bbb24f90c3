package io.decant.ingest.source.http;

/** How far a request is. */
enum ExchangeState {
    /** Its body comes. */
    RECEIVING,
    /** The body is whole; it is decompressed and checked, perhaps on another thread. */
    CHECKING,
    /** Its blocks go into the journal's queue, as far as there is room. */
    HANDING_IN,
    /** All are in the queue; not all are synced. */
    SYNCING,
    /** The answer is given, and is perhaps not written; what else comes of the body is discarded. */
    ANSWERED,
    /** Nothing is left of it. */
    ENDED
}
