package io.decant.ingest.deadletter;

import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.SpscArrayQueue;

/** A lane's letters on their way to the disk: bounded in letters and bytes. One lane offers, one thread takes. */
final class LetterQueue implements DeadLetterBox {

    static final int LETTERS_MAX = 1024;
    /** A letter that alone is larger waits alone. */
    static final long BYTES_MAX = 4 << 20;

    private final SpscArrayQueue<DeadLetter> letters = new SpscArrayQueue<>(LETTERS_MAX);
    private final AtomicLong bytes = new AtomicLong();
    private final Runnable wakeWriter;
    private volatile long synced;
    private volatile RefusalHistory history = RefusalHistory.NONE;
    /** The taking thread's. */
    private RefusalHistory lookedUp = RefusalHistory.NONE;
    /** The lane's. */
    private long offered;
    /** The taking thread's. */
    private long taken;

    /** @param wakeWriter has the thread that takes look */
    LetterQueue(Runnable wakeWriter) {
        this.wakeWriter = wakeWriter;
    }

    @Override
    public boolean offer(DeadLetter letter) {
        int length = letter.bytes();
        if (!letters.isEmpty() && bytes.get() + length > BYTES_MAX) {
            return false;
        }
        bytes.addAndGet(length);
        if (!letters.offer(letter)) {
            bytes.addAndGet(-length);
            return false;
        }
        offered++;
        wakeWriter.run();
        return true;
    }

    @Override
    public long offered() {
        return offered;
    }

    @Override
    public long synced() {
        return synced;
    }

    @Override
    public RefusalHistory history() {
        return history;
    }

    /**
     * There is a history, which {@link #found} is to fill, and none before {@link #allFound}. Before any thread works.
     */
    void lookUp(RefusalHistory before) {
        lookedUp = before;
        history = null;
    }

    /** An earlier server wrote this letter. */
    void found(DeadLetter letter) {
        lookedUp.add(letter);
    }

    void allFound() {
        history = lookedUp;
    }

    /** The letter that waits longest; null: none does. */
    DeadLetter peek() {
        return letters.peek();
    }

    /** Takes out what {@link #peek} gave. */
    void take() {
        bytes.addAndGet(-letters.poll().bytes());
        taken++;
    }

    /** Whatever was taken is on stable storage; whether that is news. */
    boolean allSynced() {
        boolean news = synced != taken;
        if (news) {
            synced = taken;
        }
        return news;
    }
}
