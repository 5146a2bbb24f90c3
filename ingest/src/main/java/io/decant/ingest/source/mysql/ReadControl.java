package io.decant.ingest.source.mysql;

import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.Intake;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When the threads of a source read, wait for room in the journal, and end. Any thread. */
final class ReadControl {

    /** A connection is not held open, with a result half read, for a longer pause. */
    private static final long PAUSE_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);

    private static final Logger log = LoggerFactory.getLogger(MysqlSource.class);

    private final Intake intake;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile boolean stopped;

    ReadControl(Intake intake) {
        this.intake = intake;
    }

    /**
     * Waits, unless the source ends.
     *
     * @throws InterruptedException where it does
     */
    void pause(long millis) throws InterruptedException {
        if (stop.await(millis, TimeUnit.MILLISECONDS)) {
            throw new InterruptedException();
        }
    }

    boolean isStopped() {
        return stopped;
    }

    /** Whether somebody waits for room in the journal. */
    boolean isPaused() {
        return waiting.get() > 0;
    }

    /** A connection that is used from now on, so that it can be ended from outside. */
    void opened(Connection connection) {
        open.add(connection);
        if (stopped) {
            abort(connection);
        }
    }

    /** Ends a connection, whatever is under way on it. */
    void abort(Connection connection) {
        open.remove(connection);
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            log.debug("a connection that is given up", e);
        }
    }

    /** Reads no more: what is under way ends with an error at once. */
    void stop() {
        stopped = true;
        stop.countDown();
        // The driver has the server end the query, for which it connects again: that takes long where it is down.
        DefaultThreadFactory threads = new DefaultThreadFactory("decant-mysql-abort", true);
        open.forEach(connection -> threads.newThread(() -> abort(connection)).start());
    }

    /**
     * Hands a block in, as soon as the journal has room for it.
     *
     * @param connection ended where that takes long
     * @return whether the connection is still good
     * @throws InterruptedException where the source ends first: then the block was not handed in
     */
    boolean handIn(Block block, Connection connection) throws InterruptedException {
        boolean isGood = true;
        if (stopped) {
            block.release();
            throw new InterruptedException();
        }
        while (!intake.offer(block)) {
            waiting.incrementAndGet();
            try {
                AtomicBoolean room = new AtomicBoolean();
                Thread reader = Thread.currentThread();
                intake.whenRoom(() -> {
                    room.set(true);
                    LockSupport.unpark(reader);
                });
                long begun = System.nanoTime();
                while (!room.get()) {
                    if (stopped || Thread.interrupted()) {
                        block.release();
                        throw new InterruptedException();
                    }
                    if (isGood && System.nanoTime() - begun > PAUSE_NANOS_MAX) {
                        abort(connection);
                        isGood = false;
                    }
                    LockSupport.parkNanos(this, PAUSE_NANOS_MAX);
                }
            } finally {
                waiting.decrementAndGet();
            }
        }
        return isGood;
    }
}
