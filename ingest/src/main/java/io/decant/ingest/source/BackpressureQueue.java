package io.decant.ingest.source;

import io.decant.ingest.journal.Intake;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;

/**
 * The connections of one event loop that wait for room in the journal, first come, first served. However many wait, the
 * journal is asked once. Belongs to the loop, {@link #isShort()} excepted.
 */
final class BackpressureQueue {

    private final EventLoop loop;
    private final Intake intake;

    /** Holds a connection at most once. */
    private final ArrayDeque<Connection> waiting = new ArrayDeque<>();

    /** Whether the journal's wake-up is under way. Written by the loop alone. */
    private volatile boolean isShort;

    BackpressureQueue(EventLoop loop, Intake intake) {
        this.loop = loop;
        this.intake = intake;
    }

    /** Whether connections wait. Any thread. */
    boolean isShort() {
        return isShort;
    }

    /** Has the connection's {@link Connection#roomAgain()} called when it is its turn. */
    void await(Connection connection) {
        waiting.add(connection);
        askForRoom();
    }

    private void askForRoom() {
        if (!isShort) {
            isShort = true;
            intake.whenRoom(() -> loop.execute(this::roomAgain));
        }
    }

    private void roomAgain() {
        isShort = false;
        while (!waiting.isEmpty() && waiting.peek().roomAgain()) {
            waiting.remove();
        }
        if (!waiting.isEmpty()) {
            askForRoom();
        }
    }
}
