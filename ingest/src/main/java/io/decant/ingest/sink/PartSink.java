package io.decant.ingest.sink;

import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.deadletter.DeadLetterBox;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.body.CountedBatch;
import io.decant.ingest.sink.body.PartBody;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Delivers buckets in parts, each of which one request carries; a {@link PartSender} sends them. A state machine
 * without threads, clocks or sockets of its own (builders are handed in), so that it runs the same from a seed as in
 * production.
 *
 * <p><b>Parts.</b> A bucket is cut from the ordinal where delivery begins, by the limits in the batch's cut. Delivery
 * from any {@link #progress()} makes the very parts, keys and bodies that delivery from the start makes. A record
 * larger than the byte limit is a part of its own.
 *
 * <p><b>Order.</b> A bucket begins when the one before it is passed whole; within a bucket up to {@code concurrency}
 * parts are in flight at a time, and at most {@value #AHEAD_PER_REQUEST} times as many are cut ahead of the first one
 * that is not answered: so much at most is sent again after a crash.
 *
 * <p><b>Failures.</b> A part that failed waits by its own {@link BackOff} and keeps its place among the
 * {@code concurrency} meanwhile. So one unlucky part costs one place, and in an outage no new parts pile up: when all
 * places wait, the receiver is asked by {@code concurrency} parts at random times, ever more rarely. A
 * {@code Retry-After} holds for the whole sink: nothing goes out before it. One that asks for no wait leaves the
 * back-off as it is.
 *
 * <p><b>Refusals.</b> A part that the receiver will never take is halved, down to the record that it will not take,
 * which goes to the dead letters; one that it takes record by record falls into runs with the same result. Either split
 * is journaled before a piece is sent: were it forgotten by a crash, records that were taken under one key would come
 * again under another.
 *
 * <p><b>Refusals in a row.</b> Where too many records in a row are refused, the {@link Breaker} opens: one of them is
 * sent again with back-off, nothing else is sent, and no record becomes a dead letter, until the receiver takes a
 * record.
 *
 * <p><b>Memory.</b> A body is copied out of the batch when its request goes out, again for each repetition, and is
 * freed with the request: no more than {@code concurrency} bodies at any time, none while a part waits.
 *
 * <p><b>Threads.</b> Bodies are written, compressed and signed on several threads ({@link PartBuilders}); where parts
 * are cut, what is sent when, and what becomes of answers is decided here, and requests go out in the order of their
 * parts. A request counts as under way from when its body is begun.
 *
 * <p>Owned by the delivery thread, {@link #status()} excepted.
 */
public class PartSink implements Sink {

    /** Parts ahead of the first unanswered one, that one included, for each of the requests that may be under way. */
    public static final int AHEAD_PER_REQUEST = 8;

    /** A split is in the journal within a sync, unless there is no room for it. */
    public static final long HELD_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    /** Looked at in one turn. */
    private static final int COUNTED_RECORDS = 1 << 16;

    private static final long NEVER = Long.MAX_VALUE;
    private static final long AT_ONCE = Long.MIN_VALUE;

    private final String name;
    private final int concurrency;
    private final int refusedInARowMax;
    private final PartSender sender;
    private final ByteBufAllocator allocator;
    private final BackOff backOff;
    private final Runnable wakeUp;
    private final BuilderThreads builderThreads;
    private final SinkHealth health;
    private final Breaker breaker;

    /** Requests under way, also those whose batch was abandoned: they, too, hold a body. */
    private final List<InFlightRequest> attempts = new ArrayList<>();

    /** The batch that is being delivered; null between two. */
    private OpenBatch batch;

    /** The batch's counts, where that is what is delivered of it. */
    private CountedBatch counted;
    /** What is done once all is counted; null where nothing is left to count. */
    private Runnable counting;

    private PartWindow window;
    private PartBuilders builders;
    private LetterOutbox letters;
    private ResponseHandler settlement;
    private Progress progress = Progress.START;
    private boolean delivered;
    /** Of batches before. */
    private long partsBefore;

    private volatile long parts;
    private long nowNanos;
    private long notBeforeNanos = AT_ONCE;
    private long wakeAtNanos = NEVER;

    /**
     * How a sink delivers, whatever it delivers to.
     *
     * @param concurrency requests under way at a time
     * @param retryMaxDelay cap of the back-off
     * @param refusedInARowMax refused records in a row at which the breaker opens; 0: never
     */
    public record Limits(int concurrency, Duration retryMaxDelay, int refusedInARowMax) {}

    /**
     * @param name the sink's name in the settings, as it stands in idempotency keys
     * @param speaker whose log lines these are
     * @param sender closed with the sink
     * @param allocator of the bodies, which are direct buffers
     * @param clock what dates in {@code Retry-After} are compared with
     * @param wakeUp run on the sender's thread whenever an answer came, and by builders
     * @param builders help with bodies
     */
    public PartSink(
            String name,
            Class<? extends Sink> speaker,
            Limits limits,
            PartSender sender,
            ByteBufAllocator allocator,
            RandomGenerator random,
            InstantSource clock,
            Runnable wakeUp,
            BuilderThreads builders) {
        this.name = Objects.requireNonNull(name, "name");
        this.concurrency = limits.concurrency();
        this.sender = Objects.requireNonNull(sender, "sender");
        this.allocator = Objects.requireNonNull(allocator, "allocator");
        this.backOff = new BackOff(limits.retryMaxDelay(), random, clock);
        this.wakeUp = Objects.requireNonNull(wakeUp, "wakeUp");
        this.builderThreads = Objects.requireNonNull(builders, "builders");
        this.health = new SinkHealth(name, speaker);
        this.breaker = new Breaker(name, limits.refusedInARowMax());
        this.refusedInARowMax = limits.refusedInARowMax();
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException while another batch is not delivered
     * @throws IllegalArgumentException if the batch does not go to this sink, in a format that this version cannot
     *     make, or has no such place as {@code from}
     */
    @Override
    public void begin(OpenBatch next, Progress from, DeadLetterBox box) {
        SinkShape shape = NextBatch.shape(name, batch, next, sender.readsExtra());
        batch = next;
        progress = from;
        delivered = false;
        wakeAtNanos = AT_ONCE;
        health.state(SinkState.DELIVERING, nowNanos);
        try {
            if (CountedBatch.isOf(shape)) {
                counted = new CountedBatch(next);
                counting = () -> open(counted.lines(), shape, box);
            } else {
                open(next, shape, box);
            }
        } catch (RuntimeException e) {
            letGo();
            throw e;
        }
    }

    private void open(OpenBatch next, SinkShape shape, DeadLetterBox box) {
        PartBody body = PartBody.of(shape.format(), next);
        window = new PartWindow(next, body, shape, progress, AHEAD_PER_REQUEST * concurrency);
        sender.begin(next, shape, body);
        builders = new PartBuilders(
                builderThreads,
                allocator,
                wakeUp,
                next.buckets().isShared(),
                () -> PartBody.of(shape.format(), next),
                sender);
        letters = new LetterOutbox(name, box, next, body, sender::redact);
        settlement = new ResponseHandler(next, body, window, letters, backOff, sender, health, breaker);
        endIfWhole();
    }

    @Override
    public boolean work(long now) {
        nowNanos = now;
        boolean worked = takeOutcomes();
        if (counting != null) {
            count();
            return true;
        }
        if (batch != null) {
            worked |= settlement.split(nowNanos);
            worked |= letters.work(nowNanos);
            worked |= advance();
        }
        if (batch != null && notBeforeNanos <= nowNanos) {
            if (breaker.isOpen()) {
                worked |= probe();
            } else {
                worked |= sendWaiting();
                worked |= sendNew();
            }
        }
        if (batch != null) {
            // They are under way, whatever was learned since.
            worked |= sendReady();
            parts = partsBefore + window.made();
        }
        health.breaker(breaker.isOpen());
        health.state(currentState(), nowNanos);
        wakeAtNanos = nextWake();
        return worked;
    }

    private void count() {
        if (counted.count(COUNTED_RECORDS)) {
            Runnable then = counting;
            counting = null;
            then.run();
        }
    }

    private boolean takeOutcomes() {
        boolean taken = false;
        for (Iterator<InFlightRequest> each = attempts.iterator(); each.hasNext(); ) {
            InFlightRequest attempt = each.next();
            Outcome outcome = attempt.outcome();
            if (outcome != null && (attempt.part() == null || settlement.canSettle(outcome))) {
                each.remove();
                taken = true;
                if (attempt.part() != null) {
                    settlement.settle(attempt, outcome, nowNanos);
                    notBeforeNanos = Math.max(notBeforeNanos, settlement.notBeforeNanos());
                }
            }
        }
        return taken;
    }

    @Override
    public int refusedInARowMax() {
        return refusedInARowMax;
    }

    @Override
    public boolean awaitsDurableProgress() {
        return window != null && window.awaitsDurableProgress();
    }

    @Override
    public void progressDurable(Progress durable) {
        if (window != null) {
            window.progressDurable(durable);
        }
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
        if (builders != null) {
            for (PartBuilders.Build build : builders.unsent()) {
                attempts.remove(build.request());
            }
            builders.end();
            builders = null;
        }
        if (counted != null) {
            counted.close();
            counted = null;
            counting = null;
        }
        partsBefore += window == null ? 0 : window.made();
        parts = partsBefore;
        batch = null;
        window = null;
        letters = null;
        settlement = null;
        health.state(SinkState.IDLE, nowNanos);
    }

    private boolean sendWaiting() {
        boolean sent = false;
        for (Part part : window.parts()) {
            if (attempts.size() >= concurrency) {
                break;
            }
            if (part.is(Part.State.WAITING) && part.dueNanos() <= nowNanos) {
                sent = true;
                if (!send(part)) {
                    break;
                }
            }
        }
        return sent;
    }

    private boolean sendNew() {
        boolean sent = false;
        int waiting = window.waiting();
        while (attempts.size() + waiting < concurrency && window.hasNext()) {
            sent = true;
            if (!sendNext()) {
                break;
            }
        }
        return sent;
    }

    /** Cuts the next part and sends it if there is anything to send; false where there is no memory for it now. */
    private boolean sendNext() {
        Part part = window.next();
        if (part.is(Part.State.ANSWERED)) {
            letters.add(part);
        }
        return !part.is(Part.State.READY) || send(part);
    }

    /** Sends the one part that goes out while the breaker is open, if it is time. */
    private boolean probe() {
        Part part = window.probe(breaker.opener());
        if (part == null && attempts.isEmpty() && window.hasNext()) {
            sendNext();
            return true;
        }
        boolean due = part != null
                && part.is(Part.State.WAITING)
                && part.dueNanos() <= nowNanos
                && attempts.size() < concurrency;
        if (due) {
            send(part);
        }
        return due;
    }

    /** Sends a part, or has it made ready; unless there is no memory for it now. */
    private boolean send(Part part) {
        InFlightRequest attempt = null;
        try {
            if (builders.takes(part)) {
                attempt = underWay(part);
                builders.add(attempt);
                return true;
            }
            ByteBuf content = window.body(part, allocator);
            attempt = underWay(part);
            sender.prepare(part, content).send(attempt);
            return true;
        } catch (OutOfMemoryError e) {
            // Of the JVM's direct memory, which others may give back.
            attempts.remove(attempt);
            settlement.noMemory(part, nowNanos);
            return false;
        }
    }

    private InFlightRequest underWay(Part part) {
        InFlightRequest attempt = new InFlightRequest(part, part.bodyBytes(), wakeUp);
        attempts.add(attempt);
        part.sent();
        return attempt;
    }

    /** Sends those that are ready, in their order. */
    private boolean sendReady() {
        builders.share();
        boolean sent = false;
        for (PartBuilders.Build next = builders.next(); next != null; next = builders.next()) {
            boolean isSent = false;
            try {
                next.ready().send(next.request());
                isSent = true;
            } catch (OutOfMemoryError e) {
                settlement.noMemory(next.request().part(), nowNanos);
            } finally {
                if (!isSent) {
                    attempts.remove(next.request());
                }
            }
            sent = true;
        }
        return sent;
    }

    private SinkState currentState() {
        if (batch == null) {
            return SinkState.IDLE;
        }
        if (letters.isStuck(nowNanos)) {
            health.waits(LetterOutbox.STUCK);
            return SinkState.FAILING;
        }
        if (breaker.isOpen()) {
            health.waits(breaker.error());
            return SinkState.FAILING;
        }
        SinkState state = SinkState.DELIVERING;
        for (Part part : window.parts()) {
            if (part.is(Part.State.HELD) && nowNanos - part.heldAtNanos() >= HELD_NANOS_MAX) {
                health.waits("a split waits for room in the journal; see whether its disk is full");
                return SinkState.FAILING;
            }
        }
        for (Part part : window.parts()) {
            if (!part.is(Part.State.ANSWERED) && part.failure() == AnswerClass.OUTAGE) {
                return SinkState.FAILING;
            }
            if (!part.is(Part.State.ANSWERED) && part.failure() == AnswerClass.AGAIN) {
                state = SinkState.RETRYING;
            }
        }
        return state;
    }

    /**
     * An answer wakes the sink anyhow, and so do the journal and the dead letters; what is left are parts that wait for
     * their time while there is a place for them.
     */
    private long nextWake() {
        if (batch == null || attempts.size() >= concurrency) {
            return NEVER;
        }
        if (breaker.isOpen()) {
            Part probe = window.probe(breaker.opener());
            if (probe == null) {
                return attempts.isEmpty() && window.hasNext() ? notBeforeNanos : NEVER;
            }
            return probe.is(Part.State.WAITING) ? Math.max(probe.dueNanos(), notBeforeNanos) : NEVER;
        }
        boolean place = attempts.size() + window.waiting() < concurrency;
        long next = place && window.hasNext() ? notBeforeNanos : NEVER;
        for (Part part : window.parts()) {
            if (part.is(Part.State.WAITING)) {
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
     * <p>Requests under way continue, on copies, and keep their places until they end; what becomes of them is ignored.
     */
    @Override
    public void abandon() {
        attempts.forEach(InFlightRequest::disown);
        delivered = false;
        wakeAtNanos = NEVER;
        letGo();
    }

    @Override
    public long parts() {
        return parts;
    }

    @Override
    public SinkStatus status() {
        return health.status();
    }

    @Override
    public void report(long now) {
        health.report(now);
    }

    @Override
    public long reportAtNanos() {
        return health.reportAtNanos();
    }

    @Override
    public void close() {
        abandon();
        health.ended();
        sender.close();
    }
}
