package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.utils.ByteBufferInputStream;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnpackedSizeTest {

    /** No codec rounds up by more than one of its blocks. */
    private static final int BLOCK_BYTES_MAX = 128 << 10;

    private static ByteBuffer packed(CompressionType codec, byte[] bytes) throws IOException {
        ByteBufferOutputStream packed = new ByteBufferOutputStream(100);
        try (OutputStream out = Compression.of(codec).build().wrapForOutput(packed, RecordBatch.MAGIC_VALUE_V2)) {
            out.write(bytes);
        }
        return packed.buffer().flip();
    }

    @ParameterizedTest
    @EnumSource(value = CompressionType.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldBeWhatItUnpacksToOrUpToABlockMore(CompressionType codec) throws IOException {
        Random random = new Random(1);
        for (int length : new int[] {0, 1, 100, 20_000, 1_000_000, 4_000_000}) {
            byte[] letters = new byte[length];
            byte[] noise = new byte[length];
            byte[] words = new byte[length];
            random.nextBytes(noise);
            for (int i = 0; i < length; i++) {
                words[i] = (byte) "checkout".charAt(random.nextInt(8));
            }
            for (byte[] bytes : new byte[][] {letters, noise, words}) {
                ByteBuffer packed = packed(codec, bytes);
                assertThat(UnpackedSize.atMost(codec.id, packed))
                        .isBetween((long) length, (long) length + BLOCK_BYTES_MAX);
                assertThat(PackedBatch.unpackedMost(codec.id, packed.remaining()))
                        .isGreaterThanOrEqualTo(length);
            }
        }
    }

    @Test
    void shouldBeUnknownOfWhatIsCutOffOrOfNoSuchFormat() throws IOException {
        for (CompressionType codec : CompressionType.values()) {
            assertThat(UnpackedSize.atMost(codec.id, ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9})))
                    .isEqualTo(UnpackedSize.UNKNOWN);
        }
        ByteBuffer zstd = packed(CompressionType.ZSTD, new byte[1_000_000]);
        zstd.limit(zstd.limit() - 1);
        assertThat(UnpackedSize.atMost(PackedBatch.ZSTD, zstd)).isEqualTo(UnpackedSize.UNKNOWN);
    }

    /** What gzip says of its length is modulo 4 GiB. */
    @Test
    void shouldBeUnknownOfGzipThatMayBeMoreThanItsLengthCanSay() throws IOException {
        ByteBuffer packed = repeated(1 << 20, (4 << 10) + 1);
        try (InputStream unpacked = new GZIPInputStream(new ByteBufferInputStream(packed.duplicate()))) {
            unpacked.skipNBytes(10 << 20);
        }
        assertThat(Integer.toUnsignedLong(Integer.reverseBytes(packed.getInt(packed.limit() - Integer.BYTES))))
                .isEqualTo(1 << 20);
        assertThat(UnpackedSize.atMost(PackedBatch.GZIP, packed)).isEqualTo(UnpackedSize.UNKNOWN);
        FrameGuard guard = new FrameGuard(1L << 30, 32 << 20, 1, 0);
        assertThat(guard.oversized(
                        new PackedBatch((byte) 1, PackedBatch.GZIP, 0, 0, 0), packed, true, new HeadersOnly()))
                .isNotNull();
    }

    /** A member of so many bytes, as often as that; with the length of all at its end, and no checksum. */
    private static ByteBuffer repeated(int bytes, int times) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        deflater.setInput(new byte[bytes]);
        byte[] block = new byte[bytes];
        int length = deflater.deflate(block, 0, block.length, Deflater.FULL_FLUSH);
        deflater.end();
        ByteBuffer packed = ByteBuffer.allocate(30 + length * times).order(ByteOrder.LITTLE_ENDIAN);
        packed.put(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 0});
        for (int i = 0; i < times; i++) {
            packed.put(block, 0, length);
        }
        // A last block that is empty.
        return packed.put(new byte[] {3, 0})
                .putInt(0)
                .putInt(bytes * times)
                .flip()
                .order(ByteOrder.BIG_ENDIAN);
    }
}
