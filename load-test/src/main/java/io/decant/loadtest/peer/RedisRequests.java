package io.decant.loadtest.peer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** {@code XADD} of records to the stream {@code records}, many in a row. Owned by one thread. */
final class RedisRequests {

    private static final byte[] BEFORE_LENGTH =
            "*8\r\n$4\r\nXADD\r\n$7\r\nrecords\r\n$6\r\nMAXLEN\r\n$1\r\n~\r\n$7\r\n1000000\r\n$1\r\n*\r\n$1\r\nr\r\n$"
                    .getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LINE_END = {'\r', '\n'};
    private static final int LENGTH_BYTES_MAX = 16;

    private ByteBuffer out = ByteBuffer.allocateDirect(0);

    /**
     * What is sent for these lines.
     *
     * @param lines each of {@code lineBytes}
     * @return good until the next call
     */
    ByteBuffer of(ByteBuffer lines, int lineBytes) {
        int records = lines.remaining() / lineBytes;
        int bytes = records * (lineBytes + BEFORE_LENGTH.length + LENGTH_BYTES_MAX);
        if (out.capacity() < bytes) {
            out = ByteBuffer.allocateDirect(bytes);
        }
        byte[] length = Integer.toString(lineBytes - 1).getBytes(StandardCharsets.US_ASCII);
        out.clear();
        for (int i = 0; i < records; i++) {
            out.put(BEFORE_LENGTH).put(length).put(LINE_END);
            out.put(lines.slice(lines.position() + i * lineBytes, lineBytes - 1))
                    .put(LINE_END);
        }
        return out.flip();
    }
}
