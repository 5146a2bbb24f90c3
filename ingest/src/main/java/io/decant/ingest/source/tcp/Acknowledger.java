package io.decant.ingest.source.tcp;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jctools.queues.MpscUnboundedArrayQueue;

/**
 * Brings acknowledgements from the syncer's thread to one event loop: however many blocks were synced, the loop runs
 * one task, and each connection is told once. Where one cannot be told, the others are.
 *
 * <p>The queue holds each connection at most once, so the number of connections bounds it. The order of the flags is
 * what loses no wake-up: a flag is cleared before what it stands for is read, and set after that was written.
 */
final class Acknowledger<C extends Acknowledger.Client> {

    private static final int QUEUE_CHUNK = 1_024;

    /** Who is told. */
    interface Client {

        /** Whether it is in the queue. For the acknowledger alone. */
        AtomicBoolean due();
    }

    private final Executor loop;
    private final Consumer<C> tell;
    private final MpscUnboundedArrayQueue<C> due = new MpscUnboundedArrayQueue<>(QUEUE_CHUNK);
    private final AtomicBoolean scheduled = new AtomicBoolean();

    /** @param tell called on the loop; throws nothing */
    Acknowledger(Executor loop, Consumer<C> tell) {
        this.loop = loop;
        this.tell = tell;
    }

    /** Has the client told soon, on the loop. Any thread. */
    void wake(C client) {
        if (!client.due().getAndSet(true)) {
            due.offer(client);
            if (scheduled.compareAndSet(false, true)) {
                loop.execute(this::run);
            }
        }
    }

    private void run() {
        scheduled.set(false);
        for (C client = due.poll(); client != null; client = due.poll()) {
            client.due().set(false);
            tell.accept(client);
        }
    }
}
