package io.decant.ingest.sink.http;

import io.decant.ingest.sink.AnswerClass;
import io.decant.ingest.sink.BackOff;
import io.decant.ingest.sink.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access token of a sink. It is asked for when the first request needs it, and renewed before it expires, or when a
 * receiver refuses it; one renewal at a time, which all requests that need it wait for. Where there is no token,
 * requests fail with an {@link AnswerClass#OUTAGE} and are sent again; the next renewal waits by the {@link BackOff}.
 *
 * <p>Belongs to one event loop, {@link #redact} excepted.
 */
final class TokenKeeper {

    private static final Logger log = LoggerFactory.getLogger(HttpSink.class);

    private static final String KIND = "no access token";

    private final String sink;
    private final TokenSupply supply;
    private final BackOff backOff;
    private final LongSupplier nanoTime;
    private final List<Waiting> waiting = new ArrayList<>();

    /** Null where there is none, or it was refused. */
    private AccessToken current;

    /** Whether a receiver took the current one. */
    private boolean accepted;

    private boolean renewing;
    private boolean closed;
    /** Renewals that failed, and new tokens that were refused, in a row. */
    private int failures;

    private long notBeforeNanos;
    private String lastFailure = "";
    private volatile Redaction redaction = Redaction.NONE;

    private record Waiting(Consumer<AccessToken> granted, Consumer<Outcome> refused) {}

    TokenKeeper(String sink, TokenSupply supply, BackOff backOff, LongSupplier nanoTime) {
        this.sink = sink;
        this.supply = supply;
        this.backOff = backOff;
        this.nanoTime = nanoTime;
        this.notBeforeNanos = nanoTime.getAsLong();
    }

    /** Asks for the token; exactly one of the two is told, perhaps within this call. */
    void ask(Consumer<AccessToken> granted, Consumer<Outcome> refused) {
        if (closed) {
            refused.accept(closed());
            return;
        }
        long now = nanoTime.getAsLong();
        boolean mayAsk = !renewing && now - notBeforeNanos >= 0;
        if (current != null && !current.isExpired(now)) {
            if (mayAsk && current.isDue(now)) {
                renew();
            }
            granted.accept(current);
        } else if (renewing || mayAsk) {
            waiting.add(new Waiting(granted, refused));
            if (!renewing) {
                renew();
            }
        } else {
            refused.accept(outage());
        }
    }

    private void renew() {
        renewing = true;
        supply.fetch().onComplete(this::renewed, this::failed);
    }

    private void renewed(AccessToken token) {
        renewing = false;
        if (closed) {
            return;
        }
        redaction = new Redaction(current == null ? List.of(token.value()) : List.of(token.value(), current.value()));
        // One that a file still holds is not a new one.
        accepted &= current != null && current.value().equals(token.value());
        current = token;
        log.debug("sink {}: has an access token", sink);
        settle(one -> one.granted().accept(token));
    }

    private void failed(Throwable cause) {
        renewing = false;
        if (closed) {
            return;
        }
        String retryAfter = cause instanceof TokenException failure ? failure.retryAfter() : "";
        pause(cause.getMessage() == null ? cause.toString() : cause.getMessage(), retryAfter);
        if (current != null) {
            log.warn("sink {}: the access token cannot be renewed yet: {}", sink, lastFailure);
        }
        settle(one -> one.refused().accept(outage()));
    }

    private void pause(String failure, String retryAfter) {
        failures++;
        lastFailure = failure;
        long asked = backOff.askedNanos(retryAfter);
        notBeforeNanos = nanoTime.getAsLong() + (asked > 0 ? asked : backOff.delayNanos(failures));
    }

    private void settle(Consumer<Waiting> how) {
        List<Waiting> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(how);
    }

    /** A receiver took it. */
    void accepted(AccessToken token) {
        if (token.equals(current)) {
            accepted = true;
            failures = 0;
        }
    }

    /**
     * A receiver refused it: it is not used again.
     *
     * @return whether the request may succeed under another one; no: it is a new one, so another will not help
     */
    boolean refused(AccessToken token) {
        if (!token.equals(current)) {
            return true;
        }
        current = null;
        if (!accepted) {
            pause("the receiver answers 401 to a new token", "");
            return false;
        }
        accepted = false;
        return true;
    }

    private Outcome outage() {
        return new Outcome.Judged(AnswerClass.OUTAGE, KIND, KIND + ": " + lastFailure);
    }

    private static Outcome closed() {
        return new Outcome.Failed(Outcome.Kind.CLOSED, "the sink is closed");
    }

    /** A text without the tokens. Any thread. */
    String redact(String text) {
        return redaction.of(text);
    }

    void close() {
        closed = true;
        supply.close();
        settle(one -> one.refused().accept(closed()));
    }
}
