package io.decant.ingest.source;

import io.netty.channel.EventLoop;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.MpscUnboundedArrayQueue;

/**
 * Brings acknowledgements from the syncer's thread to one event loop: however many blocks were synced, the loop runs
 * one task, and each connection is told once. Where one cannot be told, the others are.
 *
 * <p>The queue holds each connection at most once, so the number of connections bounds it. The order of the flags is
 * what loses no wake-up: a flag is cleared before what it stands for is read, and set after that was written.
 */
final class Acknowledger {

    private static final int QUEUE_CHUNK = 1_024;

    private final EventLoop loop;
    private final MpscUnboundedArrayQueue<Connection> due = new MpscUnboundedArrayQueue<>(QUEUE_CHUNK);
    private final AtomicBoolean scheduled = new AtomicBoolean();

    Acknowledger(EventLoop loop) {
        this.loop = loop;
    }

    /** Has the connection's {@link Connection#progress()} run soon on the loop. Any thread. */
    void wake(Connection connection) {
        if (!connection.due().getAndSet(true)) {
            due.offer(connection);
            if (scheduled.compareAndSet(false, true)) {
                loop.execute(this::run);
            }
        }
    }

    private void run() {
        scheduled.set(false);
        for (Connection connection = due.poll(); connection != null; connection = due.poll()) {
            connection.due().set(false);
            ConnectionLoop.guard(connection, Connection::progress);
        }
    }
}
