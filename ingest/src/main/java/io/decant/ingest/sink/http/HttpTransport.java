package io.decant.ingest.sink.http;

import io.decant.ingest.sink.Outcome;
import io.decant.ingest.tls.ServerTls;
import java.util.Optional;
import java.util.function.Consumer;

/** How requests reach a receiver. The receiver's URL and the timeout of a request are the transport's own matter. */
public interface HttpTransport extends AutoCloseable {

    /**
     * Sends a request; never blocks and never throws. The body is released by the transport, whatever happens, as soon
     * as it is sent or the request is abandoned.
     *
     * @param completion called exactly once, on any thread, also from within this call; it must only pass the message
     *     on
     */
    void post(PartRequest request, Consumer<Outcome> completion);

    /** A text without secrets of this transport's own. Any thread. */
    default String redact(String text) {
        return text;
    }

    /** How it is with the files of its section {@code tls}; empty where it names none. Any thread. */
    default Optional<ServerTls.Status> tls() {
        return Optional.empty();
    }

    /** Abandons what is in flight ({@link Outcome.Kind#CLOSED}) and accepts nothing more. */
    @Override
    void close();
}
