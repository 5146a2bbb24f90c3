package io.decant.ingest.source.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * A compressed batch of records as a broker sends it, before it is unpacked.
 *
 * @param format of the message: 0, 1 or 2
 * @param codec that its records are compressed with
 * @param first its first offset; where the format does not say, its last
 * @param last its last offset
 * @param count of its records; 0 where the format does not say
 */
record PackedBatch(byte format, int codec, long first, long last, int count) {

    static final int NONE = 0;
    static final int GZIP = 1;
    static final int SNAPPY = 2;
    static final int LZ4 = 3;
    static final int ZSTD = 4;

    /** The format whose records a client unpacks one by one; it unpacks all of a batch of an older one in one step. */
    static final byte STREAMED_FORMAT = 2;

    private static final int CHUNK_BYTES = 16 << 10;
    /** What a byte becomes at most: a run's length in zlib, a match's in snappy and LZ4. zstd has no such bound. */
    private static final int GZIP_TIMES_MAX = 1_032;

    private static final int SNAPPY_TIMES_MAX = 64;
    private static final int LZ4_TIMES_MAX = 256;

    /** The most that so many bytes can unpack to, whatever they are. */
    static long unpackedMost(int codec, long bytes) {
        return switch (codec) {
            case NONE -> bytes;
            case GZIP -> bytes * GZIP_TIMES_MAX;
            case SNAPPY -> bytes * SNAPPY_TIMES_MAX;
            case LZ4 -> bytes * LZ4_TIMES_MAX;
            default -> Long.MAX_VALUE;
        };
    }

    /**
     * Looks for what does not fit into memory. Unpacks as little as that takes: nothing where the codec's own lengths
     * say that all of it is small, and never more than a chunk at a time.
     *
     * @param recordBytesMax what one record may unpack to
     * @param recordsAtOnce so many records a consumer unpacks before it returns them; it is told of those with
     *     a key or a value as they are unpacked
     * @param isBelieved whether what the codec says is taken for true; else all of it is unpacked
     * @param headers of the answer; those of this batch are added where it fits
     * @return null where all of it fits, or where it is no batch that could be unpacked
     */
    OversizedBatch oversized(
            ByteBuffer compressed, long recordBytesMax, int recordsAtOnce, boolean isBelieved, HeadersOnly headers) {
        if (isBelieved && UnpackedSize.atMost(codec, compressed) <= recordBytesMax) {
            return null;
        }
        try (InputStream unpacked = Compression.of(CompressionType.forId(codec))
                .build()
                .wrapForInput(compressed.duplicate(), format, BufferSupplier.create())) {
            return format == STREAMED_FORMAT
                    ? firstTooLarge(unpacked, recordBytesMax, recordsAtOnce, headers)
                    : all(unpacked, recordBytesMax);
        } catch (IOException | RuntimeException e) {
            // It makes no sense. What the client makes of that is no matter of memory.
            return null;
        }
    }

    private OversizedBatch all(InputStream unpacked, long bytesMax) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        long bytes = 0;
        for (int read = unpacked.read(chunk); read >= 0; read = unpacked.read(chunk)) {
            bytes += read;
            if (bytes > bytesMax) {
                return new OversizedBatch(first, last, first, bytes, false);
            }
        }
        return null;
    }

    private OversizedBatch firstTooLarge(
            InputStream unpacked, long recordBytesMax, int recordsAtOnce, HeadersOnly headers) throws IOException {
        Counted in = new Counted(unpacked);
        HeadersOnly before = headers.copy();
        for (int i = 0; i < count; i++) {
            int length = ByteUtils.readVarint(in);
            long from = in.count;
            in.read(); // attributes
            ByteUtils.readVarlong(in); // timestamp
            long offset = first + ByteUtils.readVarint(in);
            if (length > recordBytesMax) {
                // A client takes the memory before it looks whether there is so much.
                headers.become(before);
                return new OversizedBatch(first, last, offset, length, false);
            }
            int key = ByteUtils.readVarint(in);
            in.skipNBytes(Math.max(0, key));
            int value = ByteUtils.readVarint(in);
            in.skipNBytes(Math.max(0, value));
            if (key < 0 && value < 0) {
                headers.add(length);
                long atOnce = headers.atOnce(recordsAtOnce);
                if (atOnce > recordBytesMax) {
                    headers.become(before);
                    return new OversizedBatch(first, last, offset, atOnce, true);
                }
            }
            in.skipNBytes(from + length - in.count);
        }
        return null;
    }

    /** Counts what is read. */
    private static final class Counted extends InputStream {

        private final InputStream from;
        private long count;

        Counted(InputStream from) {
            this.from = from;
        }

        @Override
        public int read() throws IOException {
            int read = from.read();
            if (read < 0) {
                throw new java.io.EOFException("a batch that is cut off");
            }
            count++;
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = from.read(bytes, offset, length);
            count += Math.max(0, read);
            return read;
        }

        @Override
        public long skip(long bytes) throws IOException {
            long skipped = from.skip(bytes);
            count += skipped;
            return skipped;
        }
    }
}
