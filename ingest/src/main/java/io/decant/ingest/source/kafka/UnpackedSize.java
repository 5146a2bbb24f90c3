package io.decant.ingest.source.kafka;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * How much something compressed unpacks to at most, by what its codec says of it: the headers of its blocks, or the
 * length at its end. Nothing is unpacked. Of gzip beyond 4 MiB it is not known, because that may unpack to more than
 * the length at its end can say. Stateless.
 *
 * <p>Sources: RFC 1952 (gzip), RFC 8878 (zstd), LZ4 frame format 1.6.1, the stream format of snappy-java, all as Kafka
 * writes them.
 */
final class UnpackedSize {

    /** Unknown without unpacking it. */
    static final long UNKNOWN = Long.MAX_VALUE;

    private static final int GZIP_BYTES_MIN = 18;
    private static final long GZIP_LENGTH_MAX = (1L << Integer.SIZE) - 1;
    private static final int ZSTD_MAGIC = 0xFD2FB528;
    private static final int ZSTD_SKIPPABLE = 0x184D2A50;
    private static final int ZSTD_SKIPPABLE_MASK = 0xFFFFFFF0;
    private static final int ZSTD_BLOCK_BYTES_MAX = 128 << 10;
    private static final int LZ4_MAGIC = 0x184D2204;
    private static final int LZ4_UNCOMPRESSED = 0x80000000;
    private static final long SNAPPY_MAGIC = 0x82534E4150505900L;
    private static final int SNAPPY_VERSIONS_BYTES = 8;

    private UnpackedSize() {}

    /**
     * The most bytes that it unpacks to.
     *
     * @param codec as a batch's attributes give it
     */
    static long atMost(int codec, ByteBuffer compressed) {
        ByteBuffer bytes = compressed.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        try {
            return switch (codec) {
                case PackedBatch.GZIP -> gzip(bytes);
                case PackedBatch.SNAPPY -> snappy(bytes.order(ByteOrder.BIG_ENDIAN));
                case PackedBatch.LZ4 -> lz4(bytes);
                case PackedBatch.ZSTD -> zstd(bytes);
                default -> UNKNOWN;
            };
        } catch (java.nio.BufferUnderflowException | IllegalArgumentException e) {
            // Cut off, or no such format.
            return UNKNOWN;
        }
    }

    /** The length at the end is modulo 2^32, so it is of use only where no more can have been packed. */
    private static long gzip(ByteBuffer bytes) {
        int packed = bytes.remaining();
        return packed < GZIP_BYTES_MIN || PackedBatch.unpackedMost(PackedBatch.GZIP, packed) > GZIP_LENGTH_MAX
                ? UNKNOWN
                : Integer.toUnsignedLong(bytes.getInt(bytes.limit() - Integer.BYTES));
    }

    private static long snappy(ByteBuffer bytes) {
        if (bytes.getLong() != SNAPPY_MAGIC) {
            return UNKNOWN;
        }
        WireFields.skip(bytes, SNAPPY_VERSIONS_BYTES);
        long total = 0;
        while (bytes.hasRemaining()) {
            int length = bytes.getInt();
            int from = bytes.position();
            total += Integer.toUnsignedLong(ByteUtils.readUnsignedVarint(bytes));
            bytes.position(from);
            WireFields.skip(bytes, length);
        }
        return total;
    }

    private static long lz4(ByteBuffer bytes) {
        if (bytes.getInt() != LZ4_MAGIC) {
            return UNKNOWN;
        }
        int flags = bytes.get();
        long blockMax = 1L << (8 + 2 * ((bytes.get() >>> 4) & 7));
        boolean hasLength = (flags & 8) != 0;
        int checksumBytes = (flags & 16) != 0 ? Integer.BYTES : 0;
        WireFields.skip(bytes, (hasLength ? Long.BYTES : 0) + 1);
        long total = 0;
        for (int block = bytes.getInt(); block != 0; block = bytes.getInt()) {
            int length = block & ~LZ4_UNCOMPRESSED;
            total += (block & LZ4_UNCOMPRESSED) != 0 ? length : blockMax;
            WireFields.skip(bytes, length);
            WireFields.skip(bytes, checksumBytes);
            if (!bytes.hasRemaining()) {
                // Old clients leave the mark of the end out.
                return total;
            }
        }
        return total;
    }

    private static long zstd(ByteBuffer bytes) {
        long total = 0;
        while (bytes.hasRemaining()) {
            int magic = bytes.getInt();
            if ((magic & ZSTD_SKIPPABLE_MASK) == ZSTD_SKIPPABLE) {
                WireFields.skip(bytes, bytes.getInt());
            } else if (magic == ZSTD_MAGIC) {
                total += zstdFrame(bytes);
            } else {
                return UNKNOWN;
            }
        }
        return total;
    }

    private static long zstdFrame(ByteBuffer bytes) {
        int descriptor = bytes.get();
        boolean isSingleSegment = (descriptor & 0x20) != 0;
        int lengthFlag = (descriptor >>> 6) & 3;
        int dictionaryFlag = descriptor & 3;
        int lengthBytes = lengthFlag == 0 ? (isSingleSegment ? 1 : 0) : 1 << lengthFlag;
        int dictionaryBytes = dictionaryFlag == 3 ? Integer.BYTES : dictionaryFlag;
        WireFields.skip(bytes, (isSingleSegment ? 0 : 1) + dictionaryBytes + lengthBytes);
        long total = 0;
        boolean isLast = false;
        while (!isLast) {
            int header = (bytes.get() & 0xff) | ((bytes.get() & 0xff) << 8) | ((bytes.get() & 0xff) << 16);
            isLast = (header & 1) != 0;
            int length = header >>> 3;
            switch ((header >>> 1) & 3) {
                case 0 -> {
                    total += length;
                    WireFields.skip(bytes, length);
                }
                case 1 -> {
                    // One byte, so many times.
                    total += length;
                    WireFields.skip(bytes, 1);
                }
                case 2 -> {
                    total += ZSTD_BLOCK_BYTES_MAX;
                    WireFields.skip(bytes, length);
                }
                default -> throw new IllegalArgumentException("no such kind of block");
            }
        }
        boolean hasChecksum = (descriptor & 4) != 0;
        WireFields.skip(bytes, hasChecksum ? Integer.BYTES : 0);
        return total;
    }
}
