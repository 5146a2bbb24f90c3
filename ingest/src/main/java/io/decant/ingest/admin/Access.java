package io.decant.ingest.admin;

/** What a request needs to be served. */
enum Access {
    /** Nothing: asked by probes, and by who wants to log in. */
    EVERYBODY,
    /** That its sender may see how the server is. */
    READ,
    /** That its sender may change something. */
    OPERATE
}
