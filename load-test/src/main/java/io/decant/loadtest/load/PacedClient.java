package io.decant.loadtest.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Sends by a schedule, over one connection that is answered: an open loop, which does not wait for answers. One thread
 * sends, another reads, so that an answer's time is that of its arrival.
 */
public final class PacedClient implements AutoCloseable {

    private static final int ANSWER_BYTES = 64 << 10;
    private static final long LATE_NANOS_MAX = 3_600_000_000_000L;
    private static final int DIGITS = 3;
    private static final long ANSWER_NANOS_MAX = 10_000_000_000L;
    private static final long LOOK_NANOS = 1_000_000;

    private final PacedProtocol protocol;
    private final RecordPool pool;
    private final Schedule schedule;
    private final LatencyRecorder latencies;
    private final Recorder lateness = new Recorder(1, LATE_NANOS_MAX, DIGITS);
    private final SocketChannel socket;
    private final CompletableFuture<Void> sending = new CompletableFuture<>();
    private final CompletableFuture<Void> reading = new CompletableFuture<>();
    private final long firstSend;
    private volatile long chunks;
    private volatile long acknowledged;
    private volatile boolean stopped;

    /**
     * Connects and begins.
     *
     * @param pool rewound; its chunks are the sends of the schedule
     * @param firstSend the first send that is measured
     */
    public PacedClient(InetSocketAddress address, RecordPool pool, Schedule schedule, long firstSend) {
        this(address, pool, schedule, firstSend, PacedProtocol.lines());
    }

    /** The same for another server than Decant's; {@code protocol} is for this client alone. */
    public PacedClient(
            InetSocketAddress address, RecordPool pool, Schedule schedule, long firstSend, PacedProtocol protocol) {
        this.protocol = protocol;
        if (pool.chunkRecords() != schedule.recordsPerSend()) {
            throw new IllegalArgumentException(
                    "chunks of " + pool.chunkRecords() + " records for sends of " + schedule.recordsPerSend());
        }
        this.pool = pool;
        this.schedule = schedule;
        this.firstSend = firstSend;
        this.latencies = new LatencyRecorder(schedule, firstSend);
        pool.rewind();
        try {
            socket = SocketChannel.open(address).setOption(StandardSocketOptions.TCP_NODELAY, true);
        } catch (IOException e) {
            throw new LoadException("cannot connect to the source at " + address + ": " + e, e);
        }
        thread("paced-sender", this::send, sending);
        thread("paced-reader", this::read, reading);
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void thread(String name, Work work, CompletableFuture<Void> end) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                        end.complete(null);
                    } catch (IOException e) {
                        end.completeExceptionally(new LoadException("the connection broke: " + e, e));
                    } catch (RuntimeException e) {
                        end.completeExceptionally(e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private void send() throws IOException {
        TimerSlack.shortest();
        for (long send = 0; !stopped; send++) {
            long due = schedule.dueNanos(send);
            for (long wait = due - System.nanoTime(); wait > 0 && !stopped; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(this, wait);
            }
            ByteBuffer chunk = pool.take();
            if (send >= firstSend) {
                lateness.recordValue(Math.max(1, Math.min(System.nanoTime() - due, LATE_NANOS_MAX)));
            }
            chunks = send + 1;
            ByteBuffer request = protocol.request(chunk);
            while (request.hasRemaining()) {
                socket.write(request);
            }
        }
        // A server may drop answers to a connection that is half closed.
        long patience = System.nanoTime() + ANSWER_NANOS_MAX;
        while (acknowledged < sent() && !reading.isDone() && System.nanoTime() - patience < 0) {
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
        socket.shutdownOutput();
    }

    private void read() throws IOException {
        ByteBuffer answers = ByteBuffer.allocateDirect(ANSWER_BYTES);
        while (socket.read(answers.clear()) >= 0) {
            long now = System.nanoTime();
            protocol.read(answers.flip());
            acknowledged = protocol.acknowledged();
            latencies.acknowledged(acknowledged, now);
        }
    }

    /** How many chunks of the pool were sent. */
    public long chunks() {
        return chunks;
    }

    /** How many records these were. */
    public long sent() {
        return chunks * pool.chunkRecords();
    }

    /** How many records the server says are durable. */
    public long acknowledged() {
        return acknowledged;
    }

    /** Latencies since the last call, in nanoseconds, counted from the schedule. */
    public Histogram latencies() {
        return latencies.interval();
    }

    /** How late the generator itself was since the last call, in nanoseconds; part of the latencies. */
    public Histogram lateness() {
        return lateness.getIntervalHistogram();
    }

    /**
     * Sends no more, and waits until the server has closed the connection.
     *
     * @throws LoadException when it did not acknowledge exactly what was sent
     */
    public void stop() {
        stopped = true;
        try {
            sending.join();
            reading.join();
        } catch (CompletionException e) {
            throw new LoadException("the load broke off: " + e.getCause().getMessage(), e.getCause());
        }
        if (acknowledged != sent()) {
            throw new LoadException("the server acknowledged " + acknowledged + " of " + sent() + " records");
        }
    }

    /** Fails when it has ended by itself. */
    public void requireRunning() {
        if (sending.isDone() || reading.isDone()) {
            stop();
        }
    }

    @Override
    public void close() throws IOException {
        stopped = true;
        socket.close();
    }

    /**
     * How long each record waited for its acknowledgement, counted from the {@link Schedule}. One thread calls
     * {@link #acknowledged}; any may take histograms, which are in nanoseconds, three digits.
     */
    public static final class LatencyRecorder {

        private static final long NANOS_MAX = 3_600_000_000_000L;
        private static final int DIGITS = 3;

        private final Schedule schedule;
        private final long firstSend;
        private final Recorder recorder = new Recorder(1, NANOS_MAX, DIGITS);
        private long sends;

        /** @param firstSend the first send that counts; those before it warm up */
        public LatencyRecorder(Schedule schedule, long firstSend) {
            this.schedule = schedule;
            this.firstSend = firstSend;
        }

        /** All of the first {@code records} records are durable, which was heard at {@code nowNanos}. */
        public void acknowledged(long records, long nowNanos) {
            int each = schedule.recordsPerSend();
            for (; (sends + 1) * each <= records; sends++) {
                if (sends >= firstSend) {
                    long waited = Math.max(1, Math.min(nowNanos - schedule.dueNanos(sends), NANOS_MAX));
                    recorder.recordValueWithCount(waited, each);
                }
            }
        }

        /** What was recorded since the last call. */
        public Histogram interval() {
            return recorder.getIntervalHistogram();
        }
    }

    /**
     * How much later than asked Linux may wake a thread that sleeps for some time, so that it need not wake up for each
     * alone: 50 microseconds, unless the thread says otherwise. For a schedule that is half of a period. See
     * proc_pid_timerslack_ns(5).
     */
    private static final class TimerSlack {

        private static final Path SELF = Path.of("/proc/thread-self");

        private TimerSlack() {}

        /**
         * Has the calling thread woken on time, as far as the system can; where that cannot be asked for, its lateness
         * shows.
         */
        static void shortest() {
            try {
                Path thread = Files.readSymbolicLink(SELF).getFileName();
                Files.writeString(Path.of("/proc", thread.toString(), "timerslack_ns"), "1");
            } catch (IOException | UnsupportedOperationException e) {
                System.getLogger(TimerSlack.class.getName()).log(System.Logger.Level.DEBUG, "no timer slack to set", e);
            }
        }
    }
}
