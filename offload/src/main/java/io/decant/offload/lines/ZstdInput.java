package io.decant.offload.lines;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.ZipException;

/**
 * Reads zstd (RFC 8878): all frames, to the end of the input. The stream of zstd-jni sees that a frame is cut off in
 * the first one only, and ends in silence in each after that; so records would be missing. Owned by one thread.
 */
final class ZstdInput extends InputStream {

    private static final int BUFFER_BYTES = 128 * 1024;

    private final InputStream in;
    private final ZstdDecompressCtx context = new ZstdDecompressCtx();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final ByteBuffer packed = ByteBuffer.allocateDirect(BUFFER_BYTES).flip();
    private final ByteBuffer unpacked = ByteBuffer.allocateDirect(BUFFER_BYTES).flip();
    /** Whether the last frame that was begun is at its end, and nothing of it is left to be unpacked. */
    private boolean frameEnded;

    private boolean closed;

    /** @param in is closed with this */
    ZstdInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!unpacked.hasRemaining()) {
            // What did not fit into the buffer is there without more input.
            boolean more = !frameEnded && unpacked.limit() == unpacked.capacity();
            if (!packed.hasRemaining() && !more && !fill()) {
                if (frameEnded) {
                    return -1;
                }
                throw new EOFException("is cut off");
            }
            unpack();
        }
        int bytes = Math.min(length, unpacked.remaining());
        unpacked.get(target, offset, bytes);
        return bytes;
    }

    private void unpack() throws IOException {
        unpacked.clear();
        try {
            frameEnded = context.decompressDirectByteBufferStream(unpacked, packed);
        } catch (ZstdException e) {
            throw new ZipException(e.getMessage());
        } finally {
            unpacked.flip();
        }
    }

    private boolean fill() throws IOException {
        int read;
        do {
            read = in.read(buffer, 0, buffer.length);
        } while (read == 0);
        if (read < 0) {
            return false;
        }
        packed.clear().put(buffer, 0, read).flip();
        return true;
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            context.close();
        }
        in.close();
    }
}
