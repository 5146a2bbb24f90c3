package io.decant.ingest.sink;

import io.decant.ingest.sink.PartSender.ReadyPart;
import io.decant.ingest.sink.body.PartBody;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Makes parts of one batch ready to be sent, on the lane's thread and on others at once, and gives them back in the
 * order in which they were handed in.
 *
 * <p>The lane never waits for a thread that has not begun: what nobody has begun it does itself. A part whose making
 * failed is given back with its failure. Owned by the lane's thread.
 */
final class PartBuilders {

    private final BuilderThreads threads;
    private final ByteBufAllocator allocator;
    private final Runnable wakeUp;
    private final boolean shared;
    private final Supplier<PartBody> bodies;
    private final PartSender sender;
    private final Deque<Build> unsent = new ArrayDeque<>();
    /** What is not begun, or was begun by the lane. */
    private final Queue<Build> open = new ConcurrentLinkedQueue<>();

    /** Each is used by one thread at a time. */
    private final Queue<PartBody> idleBodies = new ConcurrentLinkedQueue<>();

    private final AtomicInteger helpers = new AtomicInteger();

    /**
     * @param shared whether several threads may read the batch at once
     * @param bodies makes bodies of the batch, for a thread each
     * @param wakeUp run where another thread has made a part ready
     */
    PartBuilders(
            BuilderThreads threads,
            ByteBufAllocator allocator,
            Runnable wakeUp,
            boolean shared,
            Supplier<PartBody> bodies,
            PartSender sender) {
        this.threads = threads;
        this.allocator = allocator;
        this.wakeUp = wakeUp;
        this.shared = shared;
        this.bodies = bodies;
        this.sender = sender;
    }

    /** Whether a part is to be handed in; if not, it can be made ready by the lane sooner. */
    boolean takes(Part part) {
        boolean large = part.bodyBytes() >= threads.bytesMin();
        return shared && threads.helpersMax() > 0 && (large || !unsent.isEmpty());
    }

    /** Takes a part, whose request is already counted. */
    void add(InFlightRequest request) {
        Build build = new Build(request, request.part());
        unsent.add(build);
        open.add(build);
    }

    /** Has other threads help where there is more than the lane can begin by itself. */
    void share() {
        int waiting = open.size() - 1;
        while (waiting > 0 && helpers.get() < threads.helpersMax()) {
            helpers.incrementAndGet();
            waiting--;
            try {
                threads.executor().execute(this::help);
            } catch (RejectedExecutionException e) {
                // The pool is full or closed: the lane does it.
                helpers.decrementAndGet();
                return;
            }
        }
    }

    private void help() {
        try {
            for (Build next = open.poll(); next != null; next = open.poll()) {
                if (next.begin()) {
                    next.run();
                    wakeUp.run();
                }
            }
        } finally {
            helpers.decrementAndGet();
        }
    }

    /** The first part that was handed in and not given back; null where there is none, or another thread is at it. */
    Build next() {
        Build first = unsent.peek();
        while (first != null && !first.isDone()) {
            Build mine = open.poll();
            if (mine == null) {
                return null;
            }
            if (mine.begin()) {
                mine.run();
            }
        }
        return unsent.poll();
    }

    /** Drops what was handed in and not given back; when this returns no thread reads the batch any more. */
    void end() {
        open.clear();
        for (Build build : unsent) {
            build.drop();
        }
        unsent.clear();
    }

    /** The parts that were handed in and not given back. */
    Iterable<Build> unsent() {
        return unsent;
    }

    private enum State {
        OPEN,
        BEGUN,
        DONE,
        DROPPED
    }

    /** A part that is made ready. */
    final class Build {

        private final InFlightRequest request;
        private final Part part;
        private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
        /** Written before the state says so. */
        private ReadyPart ready;

        private Throwable failure;

        Build(InFlightRequest request, Part part) {
            this.request = request;
            this.part = part;
        }

        InFlightRequest request() {
            return request;
        }

        /**
         * What is to be sent.
         *
         * @throws RuntimeException as its making did; errors, too
         */
        ReadyPart ready() {
            if (failure instanceof Error e) {
                throw e;
            }
            if (failure != null) {
                throw (RuntimeException) failure;
            }
            return ready;
        }

        private boolean begin() {
            return state.compareAndSet(State.OPEN, State.BEGUN);
        }

        private boolean isDone() {
            return state.get() == State.DONE;
        }

        private void run() {
            PartBody body = null;
            try {
                body = idleBodies.poll();
                body = body == null ? bodies.get() : body;
                ready = sender.prepare(part, PartWindow.body(body, part, allocator));
            } catch (RuntimeException | Error e) {
                // The lane throws it, as if it had done this itself.
                failure = e;
            } finally {
                if (body != null) {
                    idleBodies.add(body);
                }
                synchronized (this) {
                    state.set(State.DONE);
                    notifyAll();
                }
            }
        }

        /** Waits for a thread that is at it, which is no longer than a body takes. */
        private void drop() {
            if (state.compareAndSet(State.OPEN, State.DROPPED)) {
                return;
            }
            boolean interrupted = false;
            synchronized (this) {
                while (!isDone()) {
                    try {
                        wait();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (ready != null) {
                ready.release();
            }
        }
    }
}
