package io.decant.ingest.sink.http;

import io.vertx.core.Future;

/** Where access tokens come from. */
interface TokenSupply extends AutoCloseable {

    /**
     * Asks for a token, on an event loop, which it does not block. Ends in any case.
     *
     * @return fails with a {@link TokenException}
     */
    Future<AccessToken> fetch();

    /** Ends what is under way. */
    @Override
    void close();
}
