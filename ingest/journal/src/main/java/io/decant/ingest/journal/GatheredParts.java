package io.decant.ingest.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * The buffers that make up a document, taken from the first byte to the last; moves their positions. Owned by one
 * thread.
 */
final class GatheredParts {

    private ByteBuffer[] parts;
    private int next;

    void begin(ByteBuffer[] buffers) {
        parts = buffers;
        next = 0;
    }

    /** Writes so many bytes at the channel's position; that many must be left. */
    void writeTo(FileChannel channel, long bytes) throws IOException {
        if (bytes == 0) {
            return;
        }
        int last = next;
        long before = 0;
        while (before + parts[last].remaining() < bytes) {
            before += parts[last].remaining();
            last++;
        }
        ByteBuffer part = parts[last];
        int limit = part.limit();
        part.limit(part.position() + (int) (bytes - before));
        for (long left = bytes; left > 0; ) {
            left -= channel.write(parts, next, last + 1 - next);
            while (next < last && !parts[next].hasRemaining()) {
                next++;
            }
        }
        part.limit(limit);
    }

    /** Puts so many bytes into {@code target}; that many must be left. */
    void copyTo(ByteBuffer target, int bytes) {
        for (int left = bytes; left > 0; ) {
            ByteBuffer part = parts[next];
            int take = Math.min(left, part.remaining());
            target.put(part.slice(part.position(), take));
            part.position(part.position() + take);
            left -= take;
            if (!part.hasRemaining()) {
                next++;
            }
        }
    }
}
