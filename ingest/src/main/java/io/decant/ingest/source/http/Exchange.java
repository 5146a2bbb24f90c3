package io.decant.ingest.source.http;

import static io.decant.ingest.source.http.ExchangeState.ANSWERED;
import static io.decant.ingest.source.http.ExchangeState.CHECKING;
import static io.decant.ingest.source.http.ExchangeState.ENDED;
import static io.decant.ingest.source.http.ExchangeState.HANDING_IN;
import static io.decant.ingest.source.http.ExchangeState.RECEIVING;
import static io.decant.ingest.source.http.ExchangeState.SYNCING;

import io.decant.ingest.journal.Block;
import io.decant.ingest.source.SourceCounters;
import io.decant.ingest.source.SourceUser;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its answer: the state machine of {@link ExchangeState}. The body is held whole until it is checked,
 * so a client that disappears before leaves nothing; after that it is taken whole, even if nobody is left to be told.
 *
 * <p>Belongs to its event loop, {@link #synced} and {@link #due} excepted.
 */
final class Exchange implements Block.BlockOwner {

    /** How long the rest of a body that is not taken is read, and how long a client may take to read its answer. */
    static final long LINGER_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    /** How much of a body that is not taken is read, so that its client comes to read the answer. */
    static final long DISCARD_BYTES_MAX = 64L << 20;

    /** A body up to this long is checked where it came; a longer one would hold up other connections of its loop. */
    private static final int CHECKED_AT_ONCE_BYTES_MAX = 64 << 10;

    private static final String EXPECT = "Expect";
    private static final String CONTINUE = "100-continue";
    private static final String NEXT = "Decant-Next";
    private static final String JSON = "application/json";

    private static final Logger log = LoggerFactory.getLogger(HttpSource.class);

    private final HttpContext context;
    private final HttpLoop loop;
    private final HttpPeer peer;
    private final HttpServerRequest request;
    private final AtomicBoolean due = new AtomicBoolean();

    private ExchangeState state = RECEIVING;
    private long deadlineNanos;
    private boolean received;
    private boolean answerWritten;
    private boolean clientGone;
    private boolean closeOnceWritten;
    private long discarded;

    /** Null until the header is accepted. */
    private StreamClaim claim;

    private RequestRules.Accepted accepted;

    /** Null where it is not known, or everybody may send. */
    private SourceUser user;

    /** Null once it is handed over or released. */
    private HeldBody body;

    /** Null before {@link ExchangeState#HANDING_IN} and after it. */
    private BlockCutter cutter;

    private Block kept;
    private int records;

    /** Ordinal in the stream after the last record that was handed in. */
    private long handedIn;

    /** Set before the last block may be synced, or looked at after it. */
    private volatile boolean allOffered;

    /** What is told in place of success, once what was handed in is synced; null: success. */
    private Refusal failure;

    Exchange(HttpContext context, HttpLoop loop, HttpPeer peer, HttpServerRequest request) {
        this.context = context;
        this.loop = loop;
        this.peer = peer;
        this.request = request;
    }

    /** The header of the request has come. */
    void begin(long nowNanos) {
        deadlineNanos = nowNanos + context.settings().bodyTimeout().toNanos();
        request.exceptionHandler(broken -> clientGone());
        request.handler(chunk -> guard(() -> take(chunk)));
        request.endHandler(end -> guard(this::received));
        if (context.cors().isPreflight(request)) {
            become(ANSWERED, "a browser asks");
            deadlineNanos = nowNanos + LINGER_NANOS_MAX;
            answerWritten = true;
            context.cors().answerPreflight(request);
            return;
        }
        boolean expects = CONTINUE.equalsIgnoreCase(request.getHeader(EXPECT));
        try {
            loop.checkOpen(peer);
            if (context.users().isPresent()) {
                user = RequestUser.of(context.users().get(), peer, request);
                RequestUser.checkLimits(user, peer);
            }
            accepted = context.rules().check(request);
            if (context.intake().isPaused()) {
                throw new RefusedException(
                        Refusal.retry(503, "paused", "sources wait for the disk or for the sinks; see /status"));
            }
            claim = StreamClaim.of(
                    context,
                    accepted,
                    user,
                    () -> peer.client() + "#" + context.requests().incrementAndGet());
        } catch (RefusedException e) {
            // Whether a body comes that is not asked for is not known, so nothing can follow it on this connection.
            closeOnceWritten = expects;
            refuse(e.refusal());
            return;
        }
        body = context.newBody();
        if (expects) {
            var unused = request.response().writeContinue();
        }
    }

    private void take(Buffer chunk) throws RefusedException {
        if (state == RECEIVING) {
            body.add(((BufferInternal) chunk).getByteBuf());
        } else if (state == ANSWERED) {
            discarded += chunk.length();
            if (discarded > DISCARD_BYTES_MAX) {
                peer.cut();
            }
        }
    }

    private void received() throws RefusedException {
        received = true;
        if (state == ANSWERED) {
            endOnceWritten();
        } else if (state == RECEIVING) {
            charge(body.length());
            become(CHECKING, "the body is whole");
            if (accepted.coding() == Coding.IDENTITY && body.length() <= CHECKED_AT_ONCE_BYTES_MAX) {
                checked(check());
            } else {
                loop.runBlocking(this::check)
                        .onComplete(checked -> guard(() -> {
                            if (checked.failed()) {
                                throw checked.cause();
                            }
                            checked(checked.result());
                        }));
            }
        }
    }

    /** Decompresses and checks the body; perhaps on another thread, while nobody else touches it. */
    private CheckedBody check() throws RefusedException {
        if (accepted.coding() != Coding.IDENTITY) {
            HeldBody raw = body;
            HeldBody decoded = context.newBody();
            try {
                BodyDecoder.decode(raw, accepted.coding(), decoded);
            } catch (RefusedException | RuntimeException | Error e) {
                decoded.release();
                throw e;
            }
            raw.release();
            body = decoded;
        }
        return CheckedBody.of(
                body,
                context.settings().body(),
                Math.toIntExact(context.settings().maxRecord().bytes()),
                accepted.hasKey());
    }

    private void checked(CheckedBody checked) throws RefusedException {
        if (accepted.coding() != Coding.IDENTITY) {
            charge(checked.body().length());
        }
        if (state != CHECKING || clientGone) {
            // It disappeared, or the source ends.
            letGo();
            end();
            return;
        }
        records = checked.records();
        int durable = claim.durableOf(checked);
        if (durable == records) {
            letGo();
            succeed();
            return;
        }
        byte[] headers = context.settings().headers().isEmpty()
                ? new byte[0]
                : RecordHeaders.of(context.settings().headers(), request.headers(), peer.client(), user);
        handedIn = claim.next();
        cutter = new BlockCutter(
                claim.stream(),
                checked,
                claim.next(),
                durable,
                claim.cursor(),
                headers,
                context.clock().millis(),
                this,
                context.allocator());
        body = null;
        become(HANDING_IN, "every record is good");
        handIn();
    }

    /** Hands in what there is room for. */
    private void handIn() {
        if (!offerAll()) {
            loop.awaitRoom(this);
        }
    }

    /** There may be room in the journal's queue again. False: there is not enough, ask again. */
    boolean roomAgain() {
        return state != HANDING_IN || offerAll();
    }

    private boolean offerAll() {
        try {
            for (Block block = next(); block != null; block = next()) {
                if (!context.intake().offer(block)) {
                    kept = block;
                    return false;
                }
                handedIn = block.next();
            }
        } catch (OutOfMemoryError e) {
            log.warn("source {}: no memory for the records of a request: {}", context.source(), e.toString());
            failure = Refusal.noRoom();
        }
        cutter.release();
        cutter = null;
        become(SYNCING, "all is handed in");
        allOffered = true;
        settle();
        return true;
    }

    private Block next() {
        Block block = kept == null ? cutter.cut() : kept;
        kept = null;
        return block;
    }

    @Override
    public void synced(Block block) {
        claim.synced(block.next());
        counters().synced(block.records(), block.bytes());
        if (allOffered) {
            loop.wake(this);
        }
    }

    /** Whether {@link #settle} is to be called. Any thread. */
    AtomicBoolean due() {
        return due;
    }

    /** Some of its records were synced. They count, not their blocks: a block may come back as two. */
    void settle() {
        if (state == SYNCING && claim.durable() == handedIn) {
            claim.release();
            if (failure == null) {
                succeed();
            } else {
                answer(failure);
            }
        }
    }

    private void succeed() {
        HttpServerResponse response = request.response();
        if (claim.isSession()) {
            response.putHeader(NEXT, Long.toString(claim.durable()));
        }
        write(200, "{\"records\":" + records + "}");
    }

    /** Takes nothing of it. */
    private void refuse(Refusal refusal) {
        letGo();
        answer(refusal);
    }

    private void answer(Refusal refusal) {
        counters().refused();
        if (refusal.status() == 401) {
            request.response().putHeader("WWW-Authenticate", RequestUser.CHALLENGES);
        }
        refusal.headers().forEach(request.response()::putHeader);
        write(refusal.status(), refusal.json());
    }

    /**
     * Those of the user, which are added to those of the source, or those of the source. Any thread once it is known.
     */
    private SourceCounters counters() {
        return user == null ? context.counters() : user.counters();
    }

    private void charge(long bytes) {
        if (user != null && user.rate().isPresent()) {
            user.rate().get().take(bytes);
        }
    }

    private void write(int status, String json) {
        become(ANSWERED, status);
        if (clientGone) {
            end();
            return;
        }
        deadlineNanos = loop.nowNanos() + loop.lingerNanos();
        HttpServerResponse response = request.response();
        context.cors().addTo(response, request.headers());
        response.setStatusCode(status).putHeader("Content-Type", JSON).end(json).onComplete(written -> {
            answerWritten = true;
            endOnceWritten();
        });
    }

    private void endOnceWritten() {
        if (state == ANSWERED && answerWritten && (received || closeOnceWritten)) {
            end();
            if (closeOnceWritten || !peer.isServed() || loop.isClosing()) {
                peer.close();
            }
        }
    }

    /** Gives back what it holds and was not handed in. */
    private void letGo() {
        if (body != null) {
            body.release();
            body = null;
        }
        if (kept != null) {
            kept.release();
            kept = null;
        }
        if (cutter != null) {
            cutter.release();
            cutter = null;
        }
        if (claim != null) {
            claim.release();
        }
    }

    /** The client closed the connection, or gave the request up. What is complete is taken all the same. */
    void clientGone() {
        clientGone = true;
        switch (state) {
            case RECEIVING -> {
                letGo();
                end();
            }
            case ANSWERED -> end();
            case CHECKING, HANDING_IN, SYNCING, ENDED -> {
                // Goes on without a client.
            }
        }
    }

    /** The loop's tick. */
    void tick(long nowNanos) {
        if (nowNanos - deadlineNanos < 0) {
            return;
        }
        if (state == RECEIVING) {
            refuse(Refusal.of(408, "body-timeout", "the body did not end within body-timeout"));
        } else if (state == ANSWERED) {
            peer.cut();
        }
    }

    /** Takes no more: what is complete goes on, what is not is refused. */
    void drain(Refusal refusal) {
        if (state == RECEIVING) {
            refuse(refusal);
        }
    }

    /** Ends without waiting: nothing more will be synced. */
    void abort(Refusal refusal) {
        switch (state) {
            case RECEIVING, HANDING_IN, SYNCING -> refuse(refusal);
            case CHECKING -> {
                // Another thread has the body.
                clientGone = true;
                counters().refused();
            }
            case ANSWERED, ENDED -> {
                // It is ending already.
            }
        }
    }

    private void end() {
        if (state != ENDED) {
            become(ENDED, clientGone ? "the client is gone" : "answered");
            loop.ended(this, peer);
        }
    }

    /** Something that may go wrong. */
    @FunctionalInterface
    private interface Step {
        void run() throws Throwable;
    }

    /** An error, such as a lack of memory, ends this request and nothing else. */
    private void guard(Step step) {
        try {
            step.run();
        } catch (RefusedException e) {
            refuseUnlessGone(e.refusal());
        } catch (OutOfMemoryError e) {
            log.warn("source {}: no memory for a body: {}", context.source(), e.toString());
            refuseUnlessGone(Refusal.noRoom());
        } catch (Throwable e) {
            log.error("source {}: a request of {} failed", context.source(), peer.client(), e);
            refuseUnlessGone(Refusal.of(500, "internal-error", "see the log of the server"));
        }
    }

    private void refuseUnlessGone(Refusal refusal) {
        if (state == RECEIVING || state == CHECKING) {
            refuse(refusal);
        } else {
            log.debug("source {}: {} in state {}", context.source(), refusal, state);
        }
    }

    private void become(ExchangeState next, Object reason) {
        log.debug("{} {}: {} -> {}, {}", context.source(), peer.client(), state, next, reason);
        state = next;
    }
}
