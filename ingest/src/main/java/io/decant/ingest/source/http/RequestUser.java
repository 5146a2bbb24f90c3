package io.decant.ingest.source.http;

import io.decant.ingest.source.SourceUser;
import io.decant.ingest.source.SourceUsers;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Whose request it is, by its header and its connection, and whether it may be sent now. Stateless. */
final class RequestUser {

    /** What {@code WWW-Authenticate} says, in a header each: clients differ in how they read several in one. */
    static final List<String> CHALLENGES =
            List.of("Bearer realm=\"decant\"", "Basic realm=\"decant\", charset=\"UTF-8\"");

    private static final String AUTHORIZATION = "Authorization";

    private RequestUser() {}

    /**
     * The user. What the certificate says is enough; a header that is sent all the same must say the same.
     *
     * @throws RefusedException where it is no user's
     */
    static SourceUser of(SourceUsers users, HttpPeer peer, HttpServerRequest request) throws RefusedException {
        Optional<SourceUser> certified = peer.certified(users);
        List<String> headers = request.headers().getAll(AUTHORIZATION);
        Optional<SourceUser> user = headers.isEmpty() ? certified : Optional.empty();
        if (headers.size() == 1) {
            user = users.ofAuthorization(headers.get(0))
                    .filter(named -> certified.isEmpty() || certified.get() == named);
        }
        if (user.isEmpty()) {
            users.refused(peer.client());
            throw new RefusedException(Refusal.unauthorized());
        }
        return user.get();
    }

    /** @throws RefusedException where the user is at a limit */
    static void checkLimits(SourceUser user, HttpPeer peer) throws RefusedException {
        if (!peer.countFor(user)) {
            throw new RefusedException(Refusal.retry(
                    429,
                    "too-many-connections",
                    "user " + user.name() + " has " + user.connectionsMax()
                            + " connections, which is its max-connections"));
        }
        long waitNanos = user.rate().isPresent() ? user.rate().get().waitNanos() : 0;
        if (waitNanos > 0) {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(waitNanos + TimeUnit.SECONDS.toNanos(1) - 1);
            throw new RefusedException(
                    Refusal.of(429, "rate-limited", "user " + user.name() + " is at its max-rate; send it again later")
                            .with("Retry-After", Long.toString(seconds)));
        }
    }
}
