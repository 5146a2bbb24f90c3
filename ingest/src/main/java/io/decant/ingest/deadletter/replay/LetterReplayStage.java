package io.decant.ingest.deadletter.replay;

import io.decant.ingest.admin.ReplayAnswer;
import io.decant.ingest.deadletter.DeadLetterException;
import io.decant.ingest.deadletter.DeadLetters;
import io.decant.ingest.deadletter.FiledLetter;
import io.decant.ingest.deadletter.LetterFiles;
import io.decant.ingest.deadletter.LetterFilter;
import io.decant.ingest.stage.Stage;
import io.decant.ingest.stage.StageWaker;
import io.decant.offload.files.AttemptFailure;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends dead letters again: has them taken out into a plan, brings the plan into the journal, and removes it once all
 * of it is synced there. So, whenever it ends, a letter is in the files of the days, in a plan, or in the journal,
 * which also says how much of a plan it holds. What an earlier server left of plans goes first.
 *
 * <p>One plan at a time. Owned by its stage's thread; {@link #replay} and {@link #stop} are for any.
 */
public final class LetterReplayStage implements Stage {

    /** A request is answered after this long at the latest; what is not done by then continues in the background. */
    public static final long ANSWER_NANOS_MAX = TimeUnit.SECONDS.toNanos(50);

    /** How often plans that cannot be read are looked for again. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger log = LoggerFactory.getLogger(LetterReplayStage.class);

    private enum State {
        /** Looks for what earlier servers left: that goes before anything new. */
        FINDING,
        /** Nothing is under way: takes the first unfinished plan, or else a request. */
        IDLE,
        /** Letters are being read for the request in progress. */
        CLAIMING,
        /** The first unfinished plan, interrupted while its letters were taken out, is being taken out to the end. */
        RECLAIMING,
        /** A plan is on its way into the journal. */
        SENDING,
        /** What is left goes out after the next start. */
        STOPPED
    }

    private final DeadLetters letters;
    private final LetterReplayPlans plans;
    private final LetterReplaySlot slot;
    private final LetterReplayTarget target;
    private final StageWaker waker;

    private final AtomicReference<LetterReplayRequest> asked = new AtomicReference<>();
    private final Queue<String> unfinished = new ArrayDeque<>();
    /** What could not be taken out to the end; retried with the next request for a replay. */
    private final Queue<String> setAside = new ArrayDeque<>();

    private State state = State.FINDING;
    private long lookAtNanos = Long.MIN_VALUE;
    /** Of {@code RECLAIMING}. */
    private CompletableFuture<DeadLetters.Claimed> interrupted;
    /** Of {@code SENDING}. */
    private LetterReplayRun run;

    private long wakeAtNanos = Long.MAX_VALUE;
    private volatile String trouble = "";
    private volatile boolean stopping;

    /**
     * @param plans those that are there
     * @param slot where letters are handed in, which wakes this stage
     * @param waker has {@link #work} called
     */
    public LetterReplayStage(
            DeadLetters letters,
            LetterReplayPlans plans,
            LetterReplaySlot slot,
            LetterReplayTarget target,
            StageWaker waker) {
        this.letters = letters;
        this.plans = plans;
        this.slot = slot;
        this.target = target;
        this.waker = waker;
    }

    /** The one place where the state changes. */
    private void move(State to) {
        log.debug("dead letters: replay: {} -> {}", state, to);
        state = to;
    }

    @Override
    public String name() {
        return "dead-letter-replay";
    }

    @Override
    public StageWaker waker() {
        return waker;
    }

    /**
     * Sends letters again, those of sinks that are not in the settings left out.
     *
     * @return completes when all of them are in the journal, or later than this promises to wait, with what is in the
     *     way; exceptionally with a {@link DeadLetterException} where another replay is under way, or the disk refuses
     */
    public CompletableFuture<ReplayAnswer> replay(LetterFilter which) {
        LetterReplayRequest request = new LetterReplayRequest(which, target);
        if (stopping || !asked.compareAndSet(null, request)) {
            return CompletableFuture.failedFuture(new DeadLetterException(
                    stopping ? "the server stops" : "another replay is running; try again when it is done", null));
        }
        waker.wake();
        return request.answer();
    }

    /** Hands nothing more in; what is left goes out after the next start. */
    public void stop() {
        stopping = true;
        waker.wake();
    }

    @Override
    public boolean work(long nowNanos) {
        wakeAtNanos = Long.MAX_VALUE;
        if (stopping) {
            return stopped();
        }
        LetterReplayRequest request = asked.get();
        if (request != null) {
            request.seen(nowNanos, ANSWER_NANOS_MAX);
        }
        boolean worked;
        try {
            if (state == State.FINDING && !find(nowNanos)) {
                return request != null && refuseUnread(request);
            }
            worked = step(request);
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

    private boolean step(LetterReplayRequest request) {
        return switch (state) {
            case IDLE -> begin(request);
            case CLAIMING -> takeClaimed(request);
            case RECLAIMING -> endInterrupted();
            case SENDING -> send();
            case FINDING, STOPPED -> false;
        };
    }

    private boolean stopped() {
        if (state != State.STOPPED) {
            move(State.STOPPED);
        }
        return answerAll("the server stops");
    }

    /** Finds what earlier servers left; false as long as that cannot be read: it comes before anything new. */
    private boolean find(long nowNanos) {
        if (!plans.areKnown() && (lookAtNanos == Long.MIN_VALUE || nowNanos - lookAtNanos >= 0)) {
            lookAtNanos = nowNanos + LOOK_NANOS;
            plans.look(nowNanos);
        }
        if (!plans.areKnown()) {
            wakeAtNanos = lookAtNanos;
            return false;
        }
        unfinished.addAll(plans.ids());
        move(State.IDLE);
        return true;
    }

    private boolean refuseUnread(LetterReplayRequest request) {
        refuse(request, new DeadLetterException("dead letters: " + plans.trouble(), null));
        return true;
    }

    /** An unexpected exception: it concerns the replay that is under way, and no other. */
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
    public String trouble() {
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
        String id = plans.next();
        request.claimed(id, claim(id, request::isWanted));
        move(State.CLAIMING);
        return true;
    }

    private CompletableFuture<DeadLetters.Claimed> claim(String id, Predicate<FiledLetter> which) {
        CompletableFuture<DeadLetters.Claimed> claim = letters.claim(id, which);
        var unused = claim.whenComplete((claimed, failure) -> waker.wake());
        return claim;
    }

    private boolean takeClaimed(LetterReplayRequest request) {
        if (!request.claim().isDone()) {
            return false;
        }
        try {
            DeadLetters.Claimed claimed = request.claim().join();
            trouble = "";
            if (claimed.letters() == 0) {
                plans.ended(request.id());
                move(State.IDLE);
                // The end of their batch may wait for the very room that a replay would make.
                boolean stuck = claimed.unsettled() > 0 && letters.isFull();
                answer(request, stuck ? DeadLetters.FULL_REASON : "");
            } else {
                open(request.id());
            }
        } catch (CompletionException e) {
            setAside(request.id(), e.getCause());
        } catch (IOException e) {
            failed(request.id(), e);
        }
        return true;
    }

    /**
     * Continues with the first of the existing plans. Where only a copy is, it is not out of the days yet: asked
     * for again, it is taken out to the end, unless that was done meanwhile. Where nothing is there was nothing to take
     * out.
     */
    private boolean resume() {
        String id = unfinished.peek();
        try {
            if (isTakenOut(id)) {
                sendOn(id);
            } else {
                interrupted = claim(id, filed -> false);
                move(State.RECLAIMING);
            }
        } catch (IOException e) {
            failed(id, e);
        }
        return true;
    }

    private boolean endInterrupted() {
        if (!interrupted.isDone()) {
            return false;
        }
        String id = unfinished.peek();
        try {
            if (isTakenOut(id)) {
                sendOn(id);
            } else {
                unfinished.remove();
                interrupted.join();
                plans.ended(id);
                move(State.IDLE);
            }
        } catch (CompletionException e) {
            setAside(id, e.getCause());
        } catch (IOException e) {
            failed(id, e);
        }
        interrupted = null;
        return true;
    }

    /** Whether all letters of a plan are in its file. */
    private boolean isTakenOut(String id) throws IOException {
        return plans.store().sizes().containsKey(LetterFiles.replay(id));
    }

    private void sendOn(String id) throws IOException {
        unfinished.remove();
        open(id);
        log.info("dead letters: replay {} continues, {} letters", id, run.plan().count());
    }

    private void open(String id) throws IOException {
        LetterReplayPlan plan = LetterReplayPlan.read(plans.store(), id);
        run = new LetterReplayRun(plan, plans.store(), target, slot, waker);
        move(State.SENDING);
    }

    private boolean send() {
        String id = run.plan().id();
        try {
            if (run.isDone()) {
                end();
                return true;
            }
            return run.step(plans.nowMillis());
        } catch (IOException e) {
            failed(id, e);
            return true;
        }
    }

    private void end() throws IOException {
        String id = run.plan().id();
        if (run.leavesSome()) {
            log.warn(
                    "dead letters: {} is kept, because the sink of some letters is not in the settings",
                    plans.store().describe(LetterFiles.replay(id)));
        } else {
            plans.store().delete(LetterFiles.replay(id));
            plans.ended(id);
        }
        trouble = "";
        log.info("dead letters: replay {} is in the journal, batches: {}", id, run.batches());
        LetterReplayRequest request = asked.get();
        if (request != null && id.equals(request.id())) {
            answer(request, "");
        }
        run = null;
        move(State.IDLE);
    }

    /** The plan stays where it is, and so does what the journal knows of it. */
    private void failed(String id, Throwable cause) {
        trouble = "replay " + id + " ended: " + cause + "; the rest is sent after the next start";
        log.warn("dead letters: replay {} ended: {}; the rest is sent after the next start", id, cause.toString());
        closeRun();
        interrupted = null;
        unfinished.remove(id);
        move(State.IDLE);
        LetterReplayRequest request = asked.get();
        if (request != null && id.equals(request.id())) {
            refuse(request, cause);
        }
    }

    /** The letters could not be taken out to the end: that comes before whatever is asked for next. */
    private void setAside(String id, Throwable cause) {
        trouble = "replay " + id + " waits until a replay is requested: " + cause;
        log.warn("dead letters: replay {} waits until a replay is requested: {}", id, cause.toString());
        setAside.add(id);
        move(State.IDLE);
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
        String reason = target.pauseReason().get();
        request.answer(run, reason.isEmpty() ? "it takes longer" : reason);
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
    public void close() {
        stopping = true;
        stopped();
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
