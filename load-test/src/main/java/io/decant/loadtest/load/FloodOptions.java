package io.decant.loadtest.load;

import io.decant.config.AckMode;

/**
 * How a {@link Flood} sends.
 *
 * @param connections at least 1
 * @param ack what the source answers
 * @param sessions whether each connection begins with a session of its own
 * @param outstandingBytesMax what may be sent and not acknowledged over all connections; without an answer, what the
 *     sockets take
 */
public record FloodOptions(int connections, AckMode ack, boolean sessions, long outstandingBytesMax) {

    /** As much as keeps a disk busy, and little beside the server's own memory. */
    public static final long OUTSTANDING_BYTES_DEFAULT = 40L << 20;

    /** One connection, {@code ack: count}. */
    public static final FloodOptions DEFAULT = new FloodOptions(1, AckMode.COUNT, false, OUTSTANDING_BYTES_DEFAULT);

    public FloodOptions withConnections(int count) {
        return new FloodOptions(count, ack, sessions, outstandingBytesMax);
    }
}
