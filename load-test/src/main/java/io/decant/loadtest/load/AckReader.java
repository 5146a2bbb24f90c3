package io.decant.loadtest.load;

import io.decant.config.AckMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads what the server says of one connection's records: {@code OK <n>}, or {@code OK} for each. Anything else is a
 * {@link LoadException}. Owned by one thread.
 */
final class AckReader {

    private static final int LINE_BYTES_MAX = 512;
    private static final int OK_BYTES = 2;

    private final AckMode mode;
    private final byte[] line = new byte[LINE_BYTES_MAX];
    private int length;
    private long acknowledged;

    AckReader(AckMode mode) {
        this.mode = mode;
    }

    /** How many records are durable, as far as was read. */
    long acknowledged() {
        return acknowledged;
    }

    /** Takes all that is in the buffer. */
    void read(ByteBuffer answers) {
        while (answers.hasRemaining()) {
            byte next = answers.get();
            if (next == '\n') {
                take();
                length = 0;
            } else if (length == LINE_BYTES_MAX) {
                throw unexpected();
            } else {
                line[length++] = next;
            }
        }
    }

    private void take() {
        if (length < OK_BYTES || line[0] != 'O' || line[1] != 'K') {
            throw unexpected();
        }
        if (mode == AckMode.FLUME && length == OK_BYTES) {
            acknowledged++;
        } else if (mode != AckMode.FLUME && length > OK_BYTES + 1 && line[OK_BYTES] == ' ') {
            acknowledge(number());
        } else {
            throw unexpected();
        }
    }

    private void acknowledge(long count) {
        if (count < acknowledged) {
            throw new LoadException("the server acknowledged " + count + " records after " + acknowledged);
        }
        acknowledged = count;
    }

    private long number() {
        long number = 0;
        for (int i = OK_BYTES + 1; i < length; i++) {
            if (line[i] < '0' || line[i] > '9') {
                throw unexpected();
            }
            number = number * 10 + line[i] - '0';
        }
        return number;
    }

    private LoadException unexpected() {
        return new LoadException("the server answered: " + new String(line, 0, length, StandardCharsets.US_ASCII));
    }
}
