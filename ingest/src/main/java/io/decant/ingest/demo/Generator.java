package io.decant.ingest.demo;

import io.decant.harness.Fingerprint;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** Sends the demo's stream to the server, in one way or another. Any thread may ask; the rest is for one. */
interface Generator extends AutoCloseable {

    /** Begins to send. */
    void start();

    /** Ends the stream after what is being sent. */
    void stop();

    /**
     * Completes when the stream has ended and all of it is durable; with a {@link DemoException} when it went any other
     * way.
     */
    CompletableFuture<Void> ended();

    /** What has been sent. */
    Fingerprint sent();

    /** How many records the server says are durable. */
    long acknowledged();

    @Override
    void close() throws IOException;
}
