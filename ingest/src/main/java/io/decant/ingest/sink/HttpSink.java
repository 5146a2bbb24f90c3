package io.decant.ingest.sink;

import io.decant.config.HttpSinkSettings;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.SinkShape;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * Delivers buckets by HTTP: each part of a bucket is the body of one POST. A state machine without threads, clocks or
 * sockets of its own, so that it runs the same from a seed as in production.
 *
 * <p><b>Parts.</b> A bucket is cut from the ordinal where delivery begins, by the limits in the batch's cut. The end of a
 * part depends on its first record alone, so delivery from any {@link #progress()} makes the very parts, keys and bodies
 * that delivery from the start makes. A record larger than the byte limit is a part of its own.
 *
 * <p><b>Order.</b> A bucket begins when the one before it is answered whole; within a bucket up to {@code concurrency}
 * parts are under way at once, and at most {@value #AHEAD_PER_REQUEST} times as many are cut ahead of the first one that
 * is not answered: so much at most is sent again after a crash.
 *
 * <p><b>Failures.</b> A part that failed waits by its own {@link BackOff} and keeps its place among the {@code concurrency}
 * meanwhile. So one unlucky part costs one place, and in an outage no new parts pile up: when all places wait, the receiver
 * is asked by {@code concurrency} parts at random times, ever more rarely. A {@code Retry-After} holds for the whole sink:
 * nothing goes out before it. One that asks for no wait leaves the back-off as it is. A part that the receiver refuses for
 * good stops the sink: nothing more is sent, what is under way may finish, and {@link SinkStatus#lastError()} says why.
 *
 * <p><b>Memory.</b> A body is copied out of the batch when its request goes out, again for each repetition, and is gone when
 * the request is: no more than {@code concurrency} bodies at any time, none while a part waits.
 *
 * <p>Owned by the delivery thread, {@link #status()} excepted.
 */
public final class HttpSink implements Sink {

    /** Parts ahead of the first unanswered one, that one included, for each of the requests that may be under way. */
    static final int AHEAD_PER_REQUEST = 8;

    private static final int SHOWN_CHARS_MAX = 200;
    private static final long NEVER = Long.MAX_VALUE;
    private static final long AT_ONCE = Long.MIN_VALUE;

    private final String name;
    private final String contentType;
    private final int concurrency;
    private final SetHeaders setHeaders;
    private final RequestCoding coding;
    private final HttpTransport transport;
    private final ByteBufAllocator allocator;
    private final BackOff backOff;
    private final Runnable wakeUp;
    private final SinkHealth health;

    /** Requests under way, also those whose batch was abandoned: they, too, hold a body. */
    private final List<Attempt> attempts = new ArrayList<>();

    /** The batch that is being delivered; null between two. */
    private OpenBatch batch;

    private PartWindow window;
    private PartHeaders headers;
    private Progress progress = Progress.START;
    private int waiting;
    private boolean delivered;
    private boolean stopped;
    private long nowNanos;
    private long notBeforeNanos = AT_ONCE;
    private long wakeAtNanos = NEVER;

    /**
     * @param name the sink's name in the settings, as it stands in idempotency keys
     * @param transport to the settings' URL; closed with the sink
     * @param allocator of the bodies, which are direct buffers
     * @param clock what dates in {@code Retry-After} are compared with, and the time of signatures
     * @param wakeUp run on the transport's thread whenever an answer came
     */
    public HttpSink(
            String name,
            HttpSinkSettings settings,
            HttpTransport transport,
            ByteBufAllocator allocator,
            RandomGenerator random,
            InstantSource clock,
            Runnable wakeUp) {
        this.name = Objects.requireNonNull(name, "name");
        this.contentType = settings.effectiveContentType();
        this.concurrency = settings.concurrency();
        this.setHeaders = new SetHeaders(settings);
        this.coding = new RequestCoding(settings, allocator, clock);
        this.transport = Objects.requireNonNull(transport, "transport");
        this.allocator = Objects.requireNonNull(allocator, "allocator");
        this.backOff = new BackOff(settings.retryMaxDelay(), random, clock);
        this.wakeUp = Objects.requireNonNull(wakeUp, "wakeUp");
        this.health = new SinkHealth(name);
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException while another batch is not delivered
     * @throws IllegalArgumentException if the batch does not go to this sink, in a format that this version cannot make, or
     *     has no such place as {@code from}
     */
    @Override
    public void begin(OpenBatch next, Progress from) {
        if (batch != null) {
            throw new IllegalStateException(
                    "sink " + name + " is still at batch " + batch.cut().batch());
        }
        window = new PartWindow(next, checkedShape(next), from, AHEAD_PER_REQUEST * concurrency);
        headers = new PartHeaders(next, name, contentType, setHeaders);
        batch = next;
        progress = from;
        delivered = false;
        wakeAtNanos = AT_ONCE;
        health.state(SinkState.DELIVERING, nowNanos);
        endIfWhole();
    }

    private SinkShape checkedShape(OpenBatch next) {
        SinkShape found = next.cut().shape().sink(name);
        if (found == null) {
            throw new IllegalArgumentException("batch " + next.cut().batch() + " does not go to sink " + name);
        }
        if (!found.format().equals("lines")) {
            throw new IllegalArgumentException("batch " + next.cut().batch() + " goes to sink " + name + " as "
                    + found.format() + ", which this version of Decant cannot make; run the version that cut it");
        }
        return found;
    }

    @Override
    public boolean work(long now) {
        nowNanos = now;
        boolean worked = takeOutcomes();
        if (batch != null) {
            worked |= advance();
        }
        if (batch != null && !stopped && notBeforeNanos <= nowNanos) {
            worked |= sendWaiting();
            worked |= sendNew();
        }
        health.state(currentState(), nowNanos);
        wakeAtNanos = nextWake();
        return worked;
    }

    private boolean takeOutcomes() {
        boolean taken = false;
        for (Iterator<Attempt> each = attempts.iterator(); each.hasNext(); ) {
            Attempt attempt = each.next();
            Outcome outcome = attempt.outcome();
            if (outcome != null) {
                each.remove();
                taken = true;
                if (attempt.part() != null) {
                    settle(attempt, outcome);
                }
            }
        }
        return taken;
    }

    private void settle(Attempt attempt, Outcome outcome) {
        Part part = attempt.part();
        AnswerClass answer = AnswerClass.of(outcome);
        switch (answer) {
            case DELIVERED -> {
                part.answered();
                health.delivered(part.records(), attempt.bytes());
            }
            case AGAIN, OUTAGE -> {
                part.failed(answer);
                part.waitUntil(nowNanos + delayNanos(part, outcome));
                waiting++;
                health.failed(where(part) + ": " + describe(outcome));
            }
            case REFUSED -> {
                part.refused();
                stopped = true;
                health.refused(
                        where(part) + " refused: " + describe(outcome)
                                + "; nothing more is sent to this sink, a restart tries again from here",
                        nowNanos);
            }
        }
    }

    private long delayNanos(Part part, Outcome outcome) {
        if (outcome instanceof Outcome.Answered answered) {
            long asked = backOff.askedNanos(answered.retryAfter());
            if (asked > 0) {
                notBeforeNanos = Math.max(notBeforeNanos, nowNanos + asked);
                return asked;
            }
        }
        return backOff.delayNanos(part.failures());
    }

    private String where(Part part) {
        return "batch " + batch.cut().batch() + ", " + part;
    }

    private String describe(Outcome outcome) {
        if (outcome instanceof Outcome.Answered answered) {
            // What the receiver says may quote the request's own headers.
            String said = OneLine.of(setHeaders.redact(answered.bodyStart()), SHOWN_CHARS_MAX);
            return "status " + answered.status() + (said.isEmpty() ? "" : ", \"" + said + '"');
        }
        Outcome.Failed failed = (Outcome.Failed) outcome;
        return failed.kind() + ", " + OneLine.of(setHeaders.redact(failed.message()), SHOWN_CHARS_MAX);
    }

    private boolean advance() {
        boolean moved = window.advance();
        progress = window.progress();
        endIfWhole();
        return moved;
    }

    /** The batch belongs to its owner again, who may close it, as soon as it is delivered. */
    private void endIfWhole() {
        if (window.whole()) {
            delivered = true;
            letGo();
        }
    }

    private void letGo() {
        batch = null;
        window = null;
        headers = null;
        health.state(SinkState.IDLE, nowNanos);
    }

    private boolean sendWaiting() {
        boolean sent = false;
        for (Part part : window.parts()) {
            if (part.waiting() && part.dueNanos() <= nowNanos && attempts.size() < concurrency) {
                part.sent();
                waiting--;
                send(part);
                sent = true;
            }
        }
        return sent;
    }

    private boolean sendNew() {
        boolean sent = false;
        while (hasPlace() && window.hasNext()) {
            send(window.next());
            sent = true;
        }
        return sent;
    }

    /** Whether a part that was never sent may go out: one that waits keeps its place. */
    private boolean hasPlace() {
        return attempts.size() + waiting < concurrency;
    }

    private void send(Part part) {
        ByteBuf body = window.body(part, allocator);
        int bytes = body.readableBytes();
        Attempt attempt = new Attempt(part, bytes, wakeUp);
        attempts.add(attempt);
        transport.post(coding.request(headers.of(part.bucket(), part.first(), part.end(), bytes), body), attempt);
    }

    private SinkState currentState() {
        if (batch == null) {
            return SinkState.IDLE;
        }
        if (stopped) {
            return SinkState.STOPPED;
        }
        SinkState state = SinkState.DELIVERING;
        for (Part part : window.parts()) {
            if (!part.delivered() && part.failure() == AnswerClass.OUTAGE) {
                return SinkState.FAILING;
            }
            if (!part.delivered() && part.failure() == AnswerClass.AGAIN) {
                state = SinkState.RETRYING;
            }
        }
        return state;
    }

    /** An answer wakes the sink anyhow; what is left are parts that wait for their time while there is a place for them. */
    private long nextWake() {
        if (batch == null || stopped || attempts.size() >= concurrency) {
            return NEVER;
        }
        long next = hasPlace() && window.hasNext() ? notBeforeNanos : NEVER;
        for (Part part : window.parts()) {
            if (part.waiting()) {
                next = Math.min(next, Math.max(part.dueNanos(), notBeforeNanos));
            }
        }
        return next;
    }

    @Override
    public Progress progress() {
        return progress;
    }

    @Override
    public boolean delivered() {
        return delivered;
    }

    @Override
    public long wakeAtNanos() {
        return wakeAtNanos;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Requests under way go on, on copies, and keep their places until they end; what becomes of them is ignored.
     */
    @Override
    public void abandon() {
        attempts.forEach(Attempt::disown);
        waiting = 0;
        delivered = false;
        stopped = false;
        wakeAtNanos = NEVER;
        letGo();
    }

    @Override
    public SinkStatus status() {
        return health.status();
    }

    @Override
    public void close() {
        abandon();
        transport.close();
    }
}
