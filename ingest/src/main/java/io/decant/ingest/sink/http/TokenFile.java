package io.decant.ingest.sink.http;

import io.decant.config.AuthSettings;
import io.decant.config.SecretFile;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Tokens of a file that somebody else renews. */
final class TokenFile implements TokenSupply {

    /** How soon a new token in it is seen, where no request is refused before. */
    static final Duration READ_AGAIN = Duration.ofMinutes(1);

    /** The file says nothing of it. */
    private static final Duration GOOD_FOR = Duration.ofDays(3650);

    private final ContextInternal context;
    private final Path file;

    TokenFile(ContextInternal context, Path file) {
        this.context = context;
        this.file = file;
    }

    @Override
    public Future<AccessToken> fetch() {
        return context.executeBlocking(this::read, false);
    }

    private AccessToken read() throws TokenException {
        try {
            String token = SecretFile.read(file).reveal();
            if (!AuthSettings.isToken(token)) {
                throw new TokenException("the file " + file + " does not hold a token");
            }
            long now = System.nanoTime();
            return new AccessToken(token, now + READ_AGAIN.toNanos(), now + GOOD_FOR.toNanos());
        } catch (IOException e) {
            throw new TokenException("the file " + file + " " + e.getMessage());
        }
    }

    @Override
    public void close() {
        // A read that is under way ends by itself.
    }
}
