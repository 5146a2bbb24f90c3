package io.decant.loadtest.limit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Files filled with zeros and synced. */
final class Preallocated {

    static final int BLOCK_BYTES = 1 << 20;

    private Preallocated() {}

    static FileChannel open(Path file, long bytes) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                StandardOpenOption.READ);
        ByteBuffer zeros = ByteBuffer.allocateDirect(BLOCK_BYTES);
        for (long at = 0; at < bytes; at += BLOCK_BYTES) {
            writeFully(channel, zeros.clear(), at);
        }
        channel.force(true);
        return channel;
    }

    static void writeFully(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        long next = at;
        while (bytes.hasRemaining()) {
            next += channel.write(bytes, next);
        }
    }
}
