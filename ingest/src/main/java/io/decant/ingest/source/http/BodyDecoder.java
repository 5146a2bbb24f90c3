package io.decant.ingest.source.http;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.netty.buffer.ByteBufInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses bodies. What comes out is bounded by the body that it goes to, so a small body cannot become a large
 * one; and the whole of what came must be what it says it is: bytes behind its end are an error, not ignored.
 * Stateless.
 */
final class BodyDecoder {

    private static final int CHUNK_BYTES = 32 << 10;

    /** The largest window that RFC 8878 has decoders take, 8 MiB, as a power of two. */
    private static final int ZSTD_WINDOW_LOG_MAX = 23;

    private static final int GZIP_MAGIC = 0x8b1f;
    private static final int GZIP_DEFLATE = 8;
    private static final int GZIP_HEADER_CRC = 2;
    private static final int GZIP_EXTRA = 4;
    private static final int GZIP_NAME = 8;
    private static final int GZIP_COMMENT = 16;
    private static final int GZIP_RESERVED = 0xe0;
    /** Time, extra flags and system. */
    private static final int GZIP_UNUSED_BYTES = 6;

    private static final int GZIP_HEADER_BYTES = 10;
    private static final int GZIP_TRAILER_BYTES = 8;

    private BodyDecoder() {}

    /**
     * Decompresses a body into another one.
     *
     * @throws RefusedException where it is not what it should be, or becomes too long
     */
    static void decode(HeldBody from, Coding coding, HeldBody to) throws RefusedException {
        switch (coding) {
            case IDENTITY -> to.add(from.bytes());
            case GZIP -> gunzip(from.nio(), to);
            case ZSTD -> decompressZstd(from, to);
        }
    }

    private static void decompressZstd(HeldBody from, HeldBody to) throws RefusedException {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream in = zstd(from)) {
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                to.add(chunk, length);
            }
        } catch (IOException e) {
            throw new RefusedException(Refusal.badEncoding("zstd"));
        }
    }

    private static InputStream zstd(HeldBody from) throws IOException {
        ZstdInputStreamNoFinalizer in = new ZstdInputStreamNoFinalizer(new ByteBufInputStream(from.bytes()));
        in.setLongMax(ZSTD_WINDOW_LOG_MAX);
        return in;
    }

    private static void gunzip(ByteBuffer from, HeldBody to) throws RefusedException {
        from.order(ByteOrder.LITTLE_ENDIAN);
        Inflater inflater = new Inflater(true);
        try {
            byte[] chunk = new byte[CHUNK_BYTES];
            do {
                skipHeader(from);
                inflater.reset();
                inflater.setInput(from);
                CRC32 crc = new CRC32();
                while (!inflater.finished()) {
                    int length = inflater.inflate(chunk);
                    if (length == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                        throw new RefusedException(Refusal.badEncoding("gzip"));
                    }
                    crc.update(chunk, 0, length);
                    to.add(chunk, length);
                }
                require(from.remaining() >= GZIP_TRAILER_BYTES);
                require(from.getInt() == (int) crc.getValue());
                require(from.getInt() == (int) inflater.getBytesWritten());
            } while (from.hasRemaining());
        } catch (DataFormatException e) {
            throw new RefusedException(Refusal.badEncoding("gzip"));
        } finally {
            inflater.end();
        }
    }

    private static void skipHeader(ByteBuffer from) throws RefusedException {
        int start = from.position();
        require(from.remaining() >= GZIP_HEADER_BYTES);
        require(Short.toUnsignedInt(from.getShort()) == GZIP_MAGIC && from.get() == GZIP_DEFLATE);
        int flags = from.get();
        // One of them may stand for a field that is not known here.
        require((flags & GZIP_RESERVED) == 0);
        from.position(from.position() + GZIP_UNUSED_BYTES);
        if ((flags & GZIP_EXTRA) != 0) {
            require(from.remaining() >= Short.BYTES);
            skip(from, Short.toUnsignedInt(from.getShort()));
        }
        if ((flags & GZIP_NAME) != 0) {
            skipText(from);
        }
        if ((flags & GZIP_COMMENT) != 0) {
            skipText(from);
        }
        if ((flags & GZIP_HEADER_CRC) != 0) {
            CRC32 crc = new CRC32();
            crc.update(from.slice(start, from.position() - start));
            require(from.remaining() >= Short.BYTES);
            require(from.getShort() == (short) crc.getValue());
        }
    }

    private static void skip(ByteBuffer from, int bytes) throws RefusedException {
        require(from.remaining() >= bytes);
        from.position(from.position() + bytes);
    }

    private static void skipText(ByteBuffer from) throws RefusedException {
        byte next;
        do {
            require(from.hasRemaining());
            next = from.get();
        } while (next != 0);
    }

    private static void require(boolean holds) throws RefusedException {
        if (!holds) {
            throw new RefusedException(Refusal.badEncoding("gzip"));
        }
    }
}
