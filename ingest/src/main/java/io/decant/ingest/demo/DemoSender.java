package io.decant.ingest.demo;

import io.decant.harness.Fingerprint;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * A client of the server's TCP source: sends records through a real socket as fast as acknowledgements come back, and
 * as buckets are delivered. One thread writes, another reads {@code OK <n>}.
 *
 * <p>{@link #start}, {@link #stop} and {@link #close} are for one thread, the rest for any.
 */
final class DemoSender implements Generator {

    /** What may be on its way, sent and not acknowledged: memory of the server's queues, not of this process. */
    static final int UNACKNOWLEDGED_BYTES_MAX = 16 << 20;

    /**
     * What may wait for its delivery, in terms of the pace so far: a window that fills, one that is delivered, and some
     * slack. Were only the server to hold it back, by its backlog, it would stop and go, and leave a slow machine much
     * to finish.
     */
    static final int UNDELIVERED_SECONDS = 3;

    private static final double UNDELIVERED_RECORDS_MIN = 500_000;
    private static final double UNDELIVERED_RECORDS_MAX = 3_000_000;
    private static final int BLOCK_BYTES = 256 << 10;
    private static final long DELIVERY_LOOK_NANOS = 1_000_000;
    private static final long UNACKNOWLEDGED_RECORDS_MAX = UNACKNOWLEDGED_BYTES_MAX / LogRecords.LINE_BYTES;
    private static final String OK = "OK ";

    private final LogRecords records;
    private final LongSupplier delivered;
    private final SocketChannel socket;
    private final Thread writer;
    private final Thread reader;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile Fingerprint sent = Fingerprint.EMPTY;
    private volatile long acknowledged;
    private volatile boolean stopped;

    /**
     * Connects.
     *
     * @param delivered how many records have arrived at the far end; asked by another thread
     * @throws DemoException when no server listens
     */
    DemoSender(InetSocketAddress address, LogRecords records, LongSupplier delivered) {
        this.records = records;
        this.delivered = delivered;
        try {
            this.socket = SocketChannel.open(address).setOption(StandardSocketOptions.TCP_NODELAY, true);
        } catch (IOException e) {
            throw new DemoException("cannot connect to the source at " + address + ": " + e.getMessage(), e);
        }
        DefaultThreadFactory threads = new DefaultThreadFactory("demo-sender", true);
        this.writer = threads.newThread(() -> run(this::write));
        this.reader = threads.newThread(() -> run(this::read));
    }

    @Override
    public void start() {
        writer.start();
        reader.start();
    }

    /** Ends the stream after the block that is being sent. */
    @Override
    public void stop() {
        stopped = true;
        LockSupport.unpark(writer);
    }

    /**
     * Completes when the stream has ended and the server has closed the connection, having acknowledged all of it; with
     * a {@link DemoException} when it went any other way.
     */
    @Override
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    @Override
    public Fingerprint sent() {
        return sent;
    }

    @Override
    public long acknowledged() {
        return acknowledged;
    }

    private interface Work {
        void run() throws IOException;
    }

    private void run(Work work) {
        try {
            work.run();
        } catch (IOException e) {
            fail("the connection to the source broke: " + e, e);
        } catch (RuntimeException e) {
            fail(e.toString(), e);
        }
    }

    private void fail(String why, Throwable cause) {
        ended.completeExceptionally(new DemoException(why, cause));
        stop();
    }

    private void write() throws IOException {
        long start = System.nanoTime();
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
        // A block at least, whenever it is told to stop: a verdict on nothing would be none.
        do {
            sent = sent.plus(records.fill(block));
            while (block.hasRemaining()) {
                socket.write(block);
            }
            awaitRoom(start);
        } while (!stopped);
        socket.shutdownOutput();
    }

    private void awaitRoom(long start) {
        while (!stopped && sent.records() - acknowledged > UNACKNOWLEDGED_RECORDS_MAX) {
            LockSupport.park(this);
        }
        while (!stopped && sent.records() - delivered.getAsLong() > undeliveredMax(start)) {
            LockSupport.parkNanos(this, DELIVERY_LOOK_NANOS);
        }
    }

    private double undeliveredMax(long start) {
        double perSecond = delivered.getAsLong() / ((System.nanoTime() - start) / 1e9);
        return Math.max(UNDELIVERED_RECORDS_MIN, Math.min(UNDELIVERED_RECORDS_MAX, UNDELIVERED_SECONDS * perSecond));
    }

    private void read() throws IOException {
        BufferedReader answers = new BufferedReader(Channels.newReader(socket, StandardCharsets.US_ASCII));
        for (String answer = answers.readLine(); answer != null; answer = answers.readLine()) {
            if (!answer.startsWith(OK)) {
                throw new DemoException("the source answered: " + answer);
            }
            acknowledge(Long.parseLong(answer.substring(OK.length())));
        }
        if (!stopped || acknowledged != sent.records()) {
            throw new DemoException("the source closed the connection with " + acknowledged + " of " + sent.records()
                    + " records acknowledged");
        }
        ended.complete(null);
    }

    private void acknowledge(long count) {
        if (count < acknowledged || count > sent.records()) {
            throw new DemoException("the source acknowledged " + count + " records after " + acknowledged + ", of "
                    + sent.records() + " sent");
        }
        acknowledged = count;
        LockSupport.unpark(writer);
    }

    /** Breaks the connection off if it is still there. */
    @Override
    public void close() throws IOException {
        stop();
        socket.close();
    }
}
