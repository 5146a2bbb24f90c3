package io.decant.ingest.pipeline;

import io.decant.ingest.admin.ReplayAnswer;
import io.decant.ingest.deadletter.DeadLetterException;
import io.decant.ingest.deadletter.DeadLetterStore;
import io.decant.ingest.deadletter.DeadLetters;
import io.decant.ingest.deadletter.FiledLetter;
import io.decant.ingest.deadletter.LetterFiles;
import io.decant.ingest.deadletter.LetterFilter;
import io.decant.ingest.journal.StreamId;
import io.decant.offload.files.AttemptFailure;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends dead letters again: has them taken out into a plan, brings the plan into the journal, and removes it once all
 * of it is synced there. So, whenever it ends, a letter is in the files of the days, in a plan, or in the journal,
 * which also says how much of a plan it holds. What an earlier server left of plans goes first.
 *
 * <p>One plan at a time. Owned by its stage's thread; {@link #replay} and {@link #stop} are for any.
 */
final class LetterReplayStage implements Stage {

    /** Whoever asks is answered after this long at the latest; what is not done by then goes on without him. */
    static final long ANSWER_NANOS_MAX = TimeUnit.SECONDS.toNanos(50);

    /** How often plans that cannot be read are looked for again. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger log = LoggerFactory.getLogger(LetterReplayStage.class);

    private final DeadLetters letters;
    private final DeadLetterStore store;
    private final LetterReplaySlot slot;
    private final LetterReplayPlans plans;
    private final Set<String> sinks;
    private final LetterReplayRun.Limits limits;
    private final InstantSource clock;
    private final ToLongFunction<StreamId> durable;
    private final Supplier<String> pressureReason;
    private final Runnable wake;
    private final Runnable wakeWriter;

    private final AtomicReference<LetterReplayRequest> asked = new AtomicReference<>();
    private final Queue<String> unfinished = new ArrayDeque<>();
    /** Whether what earlier servers left is among those that are unfinished. */
    private boolean found;

    private long lookAtNanos = Long.MIN_VALUE;
    /** Ends what was interrupted while it was taken out of the days: the first of those that are unfinished. */
    private CompletableFuture<DeadLetters.Claimed> interrupted;
    /** What could not be taken out to the end; tried again when somebody asks for a replay. */
    private final Queue<String> setAside = new ArrayDeque<>();

    private LetterReplayRun run;
    private long wakeAtNanos = Long.MAX_VALUE;
    private volatile String trouble = "";
    private volatile boolean stopping;

    /**
     * @param plans those that are there
     * @param sinks the names in the settings
     * @param durable how many records of a stream the journal held when it was opened
     * @param pressureReason why the journal takes nothing; empty where it does
     * @param wake has {@link #work} called; any thread
     */
    LetterReplayStage(
            DeadLetters letters,
            DeadLetterStore store,
            LetterReplaySlot slot,
            LetterReplayPlans plans,
            Set<String> sinks,
            LetterReplayRun.Limits limits,
            InstantSource clock,
            ToLongFunction<StreamId> durable,
            Supplier<String> pressureReason,
            Runnable wake,
            Runnable wakeWriter) {
        this.letters = letters;
        this.store = store;
        this.slot = slot;
        this.plans = plans;
        this.sinks = Set.copyOf(sinks);
        this.limits = limits;
        this.clock = clock;
        this.durable = durable;
        this.pressureReason = pressureReason;
        this.wake = wake;
        this.wakeWriter = wakeWriter;
    }

    @Override
    public String name() {
        return "dead-letter-replay";
    }

    /**
     * Sends letters again, those of sinks that are not in the settings left out.
     *
     * @return completes when all of them are in the journal, or later than this promises to wait, with what is in the
     *     way; exceptionally with a {@link DeadLetterException} where another replay is under way, or the disk refuses
     */
    CompletableFuture<ReplayAnswer> replay(LetterFilter which) {
        LetterReplayRequest request = new LetterReplayRequest(which, sinks);
        if (stopping || !asked.compareAndSet(null, request)) {
            return CompletableFuture.failedFuture(new DeadLetterException(
                    stopping ? "the server stops" : "another replay is under way; ask again when it is done", null));
        }
        wake.run();
        return request.answer();
    }

    /** Hands nothing more in; what is left goes out after the next start. */
    void stop() {
        stopping = true;
        wake.run();
    }

    @Override
    public boolean work(long nowNanos) {
        wakeAtNanos = Long.MAX_VALUE;
        if (stopping) {
            return answerAll("the server stops");
        }
        LetterReplayRequest request = asked.get();
        if (request != null) {
            request.seen(nowNanos, ANSWER_NANOS_MAX);
        }
        boolean worked;
        try {
            if (!found && !find(nowNanos)) {
                return request != null && refuseUnread(request);
            }
            worked = run != null ? send() : begin(request);
        } catch (RuntimeException | Error e) {
            if (!AttemptFailure.covers(e)) {
                throw e;
            }
            endUnderWay(request, e);
            return true;
        }
        if (!worked && request != null) {
            worked = answerLate(request, nowNanos);
        }
        return worked;
    }

    /** Finds what earlier servers left; false as long as that cannot be read: it comes before anything new. */
    private boolean find(long nowNanos) {
        if (!plans.areKnown() && (lookAtNanos == Long.MIN_VALUE || nowNanos - lookAtNanos >= 0)) {
            lookAtNanos = nowNanos + LOOK_NANOS;
            plans.look(nowNanos);
        }
        found = plans.areKnown();
        if (found) {
            unfinished.addAll(plans.ids());
        } else {
            wakeAtNanos = lookAtNanos;
        }
        return found;
    }

    private boolean refuseUnread(LetterReplayRequest request) {
        refuse(request, new DeadLetterException("dead letters: " + plans.trouble(), null));
        return true;
    }

    /** Something was thrown that nobody foresaw: it concerns the replay that is under way, and no other. */
    private void endUnderWay(LetterReplayRequest request, Throwable cause) {
        log.debug("dead letters: a replay failed", cause);
        if (run != null) {
            failed(run.plan().id(), cause);
        } else if (!unfinished.isEmpty()) {
            failed(unfinished.peek(), cause);
        } else if (request != null && !request.id().isEmpty()) {
            failed(request.id(), cause);
        } else if (request != null) {
            refuse(request, cause);
        }
    }

    /** Why the last replay ended before its end; empty where it did not. Any thread. */
    String trouble() {
        return trouble.isEmpty() ? plans.trouble() : trouble;
    }

    private boolean begin(LetterReplayRequest request) {
        if (!unfinished.isEmpty()) {
            return resume();
        }
        if (request == null) {
            return false;
        }
        if (!setAside.isEmpty()) {
            unfinished.addAll(setAside);
            setAside.clear();
            return true;
        }
        if (request.claim() == null) {
            String id = plans.next();
            request.claimed(id, claim(id, request::isWanted));
            return true;
        }
        if (!request.claim().isDone()) {
            return false;
        }
        claimed(request);
        return true;
    }

    private CompletableFuture<DeadLetters.Claimed> claim(String id, Predicate<FiledLetter> which) {
        CompletableFuture<DeadLetters.Claimed> claim = letters.claim(id, which);
        var unused = claim.whenComplete((claimed, failure) -> wake.run());
        return claim;
    }

    private void claimed(LetterReplayRequest request) {
        try {
            DeadLetters.Claimed claimed = request.claim().join();
            trouble = "";
            if (claimed.letters() == 0) {
                plans.ended(request.id());
                // The end of their batch may wait for the very room that a replay would make.
                boolean stuck = claimed.unsettled() > 0 && letters.isFull();
                answer(request, stuck ? PauseReason.DEAD_LETTERS.reason() : "");
            } else {
                run = open(request.id());
            }
        } catch (CompletionException e) {
            setAside(request.id(), e.getCause());
        } catch (IOException e) {
            failed(request.id(), e);
        }
    }

    /**
     * Goes on with the first of the plans that are there. Where only a copy is, it is not out of the days yet: asked
     * for again, it is taken out to the end, unless that was done meanwhile. Where nothing is there was nothing to take
     * out.
     */
    private boolean resume() {
        if (interrupted != null && !interrupted.isDone()) {
            return false;
        }
        String id = unfinished.peek();
        try {
            if (!store.sizes().containsKey(LetterFiles.replay(id))) {
                endInterrupted(id);
                return true;
            }
            interrupted = null;
            unfinished.remove();
            run = open(id);
            log.info(
                    "dead letters: replay {} goes on, {} letters",
                    id,
                    run.plan().count());
        } catch (IOException e) {
            failed(id, e);
        }
        return true;
    }

    private void endInterrupted(String id) {
        if (interrupted == null) {
            interrupted = claim(id, filed -> false);
            return;
        }
        unfinished.remove();
        try {
            interrupted.join();
            plans.ended(id);
        } catch (CompletionException e) {
            setAside(id, e.getCause());
        }
        interrupted = null;
    }

    private LetterReplayRun open(String id) throws IOException {
        LetterReplayPlan plan = LetterReplayPlan.read(store, id);
        return new LetterReplayRun(
                plan, sinks, store, limits, sink -> durable.applyAsLong(plan.stream(sink)), slot, wake);
    }

    private boolean send() {
        String id = run.plan().id();
        try {
            if (run.isDone()) {
                end();
                return true;
            }
            boolean worked = run.step(clock.millis());
            if (worked) {
                wakeWriter.run();
            }
            return worked;
        } catch (IOException e) {
            failed(id, e);
            return true;
        }
    }

    private void end() throws IOException {
        String id = run.plan().id();
        if (run.leavesSome()) {
            log.warn(
                    "dead letters: {} stays, for the sink of some is not in the settings",
                    store.describe(LetterFiles.replay(id)));
        } else {
            store.delete(LetterFiles.replay(id));
            plans.ended(id);
        }
        trouble = "";
        log.info("dead letters: replay {} is in the journal, batches: {}", id, run.batches());
        LetterReplayRequest request = asked.get();
        if (request != null && id.equals(request.id())) {
            answer(request, "");
        }
        run = null;
    }

    /** The plan stays where it is, and so does what the journal knows of it. */
    private void failed(String id, Throwable cause) {
        trouble = "replay " + id + " ended: " + cause + "; what is left of it is sent after the next start";
        log.warn("dead letters: replay {} ends: {}; what is left of it goes out after a start", id, cause.toString());
        closeRun();
        interrupted = null;
        unfinished.remove(id);
        LetterReplayRequest request = asked.get();
        if (request != null && id.equals(request.id())) {
            refuse(request, cause);
        }
    }

    /** The letters could not be taken out to the end: that comes before whatever is asked for next. */
    private void setAside(String id, Throwable cause) {
        trouble = "replay " + id + " waits until one is asked for: " + cause;
        log.warn("dead letters: replay {} waits until one is asked for: {}", id, cause.toString());
        setAside.add(id);
        LetterReplayRequest request = asked.get();
        if (request != null) {
            refuse(request, cause);
        }
    }

    private void refuse(LetterReplayRequest request, Throwable cause) {
        asked.set(null);
        request.refuse(cause);
    }

    private boolean answerLate(LetterReplayRequest request, long nowNanos) {
        if (nowNanos - request.dueNanos() < 0) {
            wakeAtNanos = Math.min(wakeAtNanos, request.dueNanos());
            return false;
        }
        if (request.answer().isDone()) {
            return false;
        }
        String pressure = pressureReason.get();
        request.answer(run, pressure.isEmpty() ? "it takes longer" : pressure);
        return true;
    }

    private void answer(LetterReplayRequest request, String waits) {
        asked.set(null);
        request.answer(run, waits);
    }

    private boolean answerAll(String waits) {
        LetterReplayRequest request = asked.get();
        if (request == null) {
            return false;
        }
        answer(request, waits);
        return true;
    }

    @Override
    public long wakeAtNanos() {
        return wakeAtNanos;
    }

    /** Ends; the stage works no more. Not while its thread runs. */
    void close() {
        stopping = true;
        answerAll("the server stops");
        closeRun();
    }

    private void closeRun() {
        try {
            if (run != null) {
                run.close();
            }
        } catch (IOException | RuntimeException e) {
            log.debug("dead letters: a plan did not close", e);
        }
        run = null;
    }
}
