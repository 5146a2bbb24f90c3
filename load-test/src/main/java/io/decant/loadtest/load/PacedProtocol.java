package io.decant.loadtest.load;

import io.decant.config.AckMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * How a {@link PacedClient} hands in its records, and hears that they are durable. One for each connection; one thread
 * sends, another reads.
 */
public interface PacedProtocol {

    /** What is sent for a chunk; good until the next call. */
    ByteBuffer request(ByteBuffer chunk);

    /** Takes all that is in the buffer. */
    void read(ByteBuffer answers);

    /** How many records are durable, as far as was read. */
    long acknowledged();

    /** Lines, each answered by a source with {@code ack: count}. */
    static PacedProtocol lines() {
        return new Lines();
    }

    /**
     * {@code XADD} of Redis to one stream, a record each, of chunks of one record. With {@code appendfsync always} an
     * answer says that the record is synced.
     */
    static PacedProtocol redis() {
        return new Redis();
    }

    /** See {@link #lines}. */
    final class Lines implements PacedProtocol {

        private final AckReader acks = new AckReader(AckMode.COUNT);

        private Lines() {}

        @Override
        public ByteBuffer request(ByteBuffer chunk) {
            return chunk;
        }

        @Override
        public void read(ByteBuffer answers) {
            acks.read(answers);
        }

        @Override
        public long acknowledged() {
            return acks.acknowledged();
        }
    }

    /** See {@link #redis}. */
    final class Redis implements PacedProtocol {

        private static final int REQUEST_BYTES_MORE = 64;
        private static final byte[] XADD =
                "*5\r\n$4\r\nXADD\r\n$7\r\nrecords\r\n$1\r\n*\r\n$1\r\nr\r\n$".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] LINE_END = {'\r', '\n'};

        private ByteBuffer request = ByteBuffer.allocateDirect(0);
        private final StringBuilder line = new StringBuilder();
        private boolean inId;
        private long acknowledged;

        private Redis() {}

        @Override
        public ByteBuffer request(ByteBuffer chunk) {
            // Without the newline.
            int bytes = chunk.remaining() - 1;
            if (request.capacity() < bytes + XADD.length + REQUEST_BYTES_MORE) {
                request = ByteBuffer.allocateDirect(bytes + XADD.length + REQUEST_BYTES_MORE);
            }
            request.clear().put(XADD);
            request.put(Integer.toString(bytes).getBytes(StandardCharsets.US_ASCII))
                    .put(LINE_END);
            request.put(chunk.slice(chunk.position(), bytes)).put(LINE_END);
            return request.flip();
        }

        /** Each answer is the length of an id, and the id, a line each. */
        @Override
        public void read(ByteBuffer answers) {
            while (answers.hasRemaining()) {
                char next = (char) answers.get();
                if (next != '\n') {
                    line.append(next);
                    continue;
                }
                if (!inId && line.charAt(0) != '$') {
                    throw new LoadException("Redis answered: " + line.toString().strip());
                }
                acknowledged += inId ? 1 : 0;
                inId = !inId;
                line.setLength(0);
            }
        }

        @Override
        public long acknowledged() {
            return acknowledged;
        }
    }
}
