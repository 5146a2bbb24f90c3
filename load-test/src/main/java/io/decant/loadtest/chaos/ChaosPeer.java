package io.decant.loadtest.chaos;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A process, or what stands for one, beside the server: it runs, is suspended, or is down. Used by one thread; a start
 * takes a thread of its own, since it may take many seconds, and the schedule goes on meanwhile.
 */
final class ChaosPeer {

    /** Something that may fail. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    private enum State {
        RUNNING,
        SUSPENDED,
        DOWN,
        STARTING
    }

    private final String name;
    private final Step suspend;
    private final Step resume;
    private final Step start;
    private State state = State.RUNNING;
    private FutureTask<Void> starting;

    /** @param start after it was killed or stopped */
    ChaosPeer(String name, Step suspend, Step resume, Step start) {
        this.name = name;
        this.suspend = suspend;
        this.resume = resume;
        this.start = start;
    }

    /** False where it does not run now: an earlier event is not over. */
    boolean suspend() throws Exception {
        if (!isRunning()) {
            return false;
        }
        suspend.run();
        state = State.SUSPENDED;
        return true;
    }

    /**
     * Ends it.
     *
     * @param way how
     * @return false where it does not run now
     */
    boolean end(Step way) throws Exception {
        if (!isRunning()) {
            return false;
        }
        state = State.DOWN;
        way.run();
        return true;
    }

    /** Has it run again, whatever it does now: at once, or when it has started. */
    void restore() throws Exception {
        switch (state) {
            case RUNNING, STARTING -> {}
            case SUSPENDED -> {
                resume.run();
                state = State.RUNNING;
            }
            case DOWN -> {
                starting = new FutureTask<>(() -> {
                    start.run();
                    return null;
                });
                Thread thread = new Thread(starting, "start of " + name);
                thread.setDaemon(true);
                thread.start();
                state = State.STARTING;
            }
        }
    }

    /**
     * The same, and waits for it.
     *
     * @throws ExecutionException where it does not start
     */
    void awaitRunning() throws Exception {
        restore();
        if (state == State.STARTING) {
            starting.get();
            state = State.RUNNING;
        }
    }

    private boolean isRunning() throws Exception {
        if (state == State.STARTING && starting.isDone()) {
            awaitRunning();
        }
        return state == State.RUNNING;
    }

    String name() {
        return name;
    }
}
