package io.decant.ingest.source.http;

import io.decant.ingest.journal.OpaqueBytes;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.SourceUser;
import java.util.function.Supplier;

/**
 * The stream that the records of a request belong to, which nobody else has meanwhile: that of its idempotency key,
 * that of its session, or one of its own. Belongs to the event loop of the request, {@link #synced} excepted.
 */
final class StreamClaim {

    private static final String NEXT = "Decant-Next";

    private enum Kind {
        KEY,
        SESSION,
        PLAIN
    }

    private final HttpContext context;
    private final Kind kind;
    private final StreamId stream;

    /** What was durable of the stream when it was claimed. */
    private final long start;

    /** Ordinal in the stream of the body's first record. */
    private final long first;

    /** Null where nothing is known under the key. */
    private final IdempotencyKeys.Known known;

    private OpaqueBytes cursor = OpaqueBytes.NONE;
    private boolean released;

    /** Written by the syncer alone. */
    private volatile long durable;

    private StreamClaim(
            HttpContext context, Kind kind, StreamId stream, long start, long first, IdempotencyKeys.Known known) {
        this.context = context;
        this.kind = kind;
        this.stream = stream;
        this.start = start;
        this.first = first;
        this.known = known;
        this.durable = start;
    }

    /**
     * @param user whose key or session it is; null: of whoever knows it
     * @param ownName of the stream of a request that has neither key nor session
     * @throws RefusedException where another request has it, or it cannot be gone on with as the request wants to
     */
    static StreamClaim of(HttpContext context, RequestRules.Accepted request, SourceUser user, Supplier<String> ownName)
            throws RefusedException {
        if (request.hasKey()) {
            return ofKey(context, user == null ? StreamId.REQUEST_PREFIX + request.key() : user.request(request.key()));
        }
        return request.hasSession()
                ? ofSession(context, request, user == null ? request.session() : user.session(request.session()))
                : new StreamClaim(
                        context, Kind.PLAIN, new StreamId(context.source(), ownName.get(), false), 0, 0, null);
    }

    private static StreamClaim ofKey(HttpContext context, String name) throws RefusedException {
        StreamId stream = new StreamId(context.source(), name, true);
        IdempotencyKeys.Claim claim = context.keys().claim(stream.name());
        if (!claim.granted()) {
            throw new RefusedException(
                    Refusal.retry(409, "in-progress", "a request with this Idempotency-Key is under way"));
        }
        long start = claim.known() == null ? 0 : claim.known().durable();
        return new StreamClaim(context, Kind.KEY, stream, start, 0, claim.known());
    }

    private static StreamClaim ofSession(HttpContext context, RequestRules.Accepted request, String name)
            throws RefusedException {
        HttpSessions sessions = context.sessions();
        HttpSessions.Claim claim = sessions.claim(name);
        switch (claim.outcome()) {
            case UNDER_WAY ->
                throw new RefusedException(
                        Refusal.retry(409, "in-progress", "another request of this session is under way"));
            case TOO_MANY ->
                throw new RefusedException(Refusal.retry(
                        503,
                        "busy",
                        sessions.max() + " sessions are kept already, which is all; use one of them or shorten"
                                + " session-retain"));
            case GRANTED -> {
                // Goes on below.
            }
        }
        if (request.first() > claim.next()) {
            sessions.release(name, claim.next());
            throw new RefusedException(Refusal.of(
                            409,
                            "records-missing",
                            "the session has " + claim.next() + " records, and the body begins with record "
                                    + request.first() + "; go on with record " + claim.next())
                    .with(NEXT, Long.toString(claim.next())));
        }
        StreamId stream = new StreamId(context.source(), name, true);
        return new StreamClaim(context, Kind.SESSION, stream, claim.next(), request.first(), null);
    }

    StreamId stream() {
        return stream;
    }

    boolean isSession() {
        return kind == Kind.SESSION;
    }

    /** Ordinal of the next record of the stream that is to be taken. */
    long next() {
        return start;
    }

    /** What each block carries. */
    OpaqueBytes cursor() {
        return cursor;
    }

    /** Records of the stream that are durable. */
    long durable() {
        return durable;
    }

    /** So many records of the stream are durable. The syncer's thread. */
    void synced(long next) {
        durable = next;
    }

    /**
     * How many of a body's first records are durable already.
     *
     * @throws RefusedException where the key was used with another body
     */
    int durableOf(CheckedBody body) throws RefusedException {
        return switch (kind) {
            case PLAIN -> 0;
            case SESSION -> (int) Math.min(body.records(), start - first);
            case KEY -> durableOfKey(body);
        };
    }

    private int durableOfKey(CheckedBody body) throws RefusedException {
        boolean isOther = known != null
                && RequestCursor.decode(known.cursor())
                        .filter(first -> first.sha256().equals(body.sha256()))
                        .isEmpty();
        if (isOther) {
            throw new RefusedException(
                    Refusal.of(422, "key-reused", "this Idempotency-Key was used with another body; use a new one"));
        }
        if (body.records() > 0) {
            cursor = new RequestCursor(body.sha256(), body.records()).encoded();
        }
        return (int) Math.min(start, body.records());
    }

    /** Gives the stream back. Nothing of it is under way any more, or nothing will ever be synced. */
    void release() {
        if (released) {
            return;
        }
        released = true;
        switch (kind) {
            case KEY ->
                context.keys()
                        .release(stream.name(), durable > start ? new IdempotencyKeys.Known(cursor, durable) : null);
            case SESSION -> context.sessions().release(stream.name(), durable);
            case PLAIN -> {
                // Nobody else asks for it.
            }
        }
    }
}
