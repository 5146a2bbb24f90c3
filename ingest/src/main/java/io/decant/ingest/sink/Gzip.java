package io.decant.ingest.sink;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * The gzip format (RFC 1952), from direct memory to direct memory. The same bytes give the same bytes: no time and no
 * name stands in the header.
 *
 * <p>At zlib's fastest level: it runs on the delivery thread, and lines shrink well by it.
 */
final class Gzip {

    /** Magic, deflate, no flags, no time, fastest, no operating system. */
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 4, (byte) 0xff};

    private static final int TRAILER_BYTES = 8;
    private static final int ROOM_BYTES_MIN = 4 << 10;
    /** What lines shrink to, or less, most of the time. */
    private static final int EXPECTED_RATIO = 3;

    private Gzip() {}

    /** A new buffer with the readable bytes of {@code body}, which stays as it is, compressed. */
    static ByteBuf compress(ByteBuf body, ByteBufAllocator allocator) {
        ByteBuf out = allocator.directBuffer(body.readableBytes() / EXPECTED_RATIO + ROOM_BYTES_MIN);
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        try {
            out.writeBytes(HEADER);
            deflater.setInput(body.nioBuffer());
            deflater.finish();
            while (!deflater.finished()) {
                out.ensureWritable(ROOM_BYTES_MIN);
                ByteBuffer room = out.nioBuffer(out.writerIndex(), out.writableBytes());
                out.writerIndex(out.writerIndex() + deflater.deflate(room));
            }
            CRC32 crc = new CRC32();
            crc.update(body.nioBuffer());
            out.ensureWritable(TRAILER_BYTES);
            out.writeIntLE((int) crc.getValue());
            out.writeIntLE(body.readableBytes());
            return out;
        } catch (Throwable e) {
            out.release();
            throw e;
        } finally {
            deflater.end();
        }
    }
}
