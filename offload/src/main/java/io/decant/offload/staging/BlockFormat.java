package io.decant.offload.staging;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Layout of a block file; see the package. */
final class BlockFormat {

    /** {@code DCNTBLK1}. */
    static final long MAGIC = 0x314B4C42544E4344L;

    static final int MAGIC_BYTES = Long.BYTES;
    static final int PAYLOAD_BYTES_AT = 0;
    static final int RECORDS_AT = 4;
    static final int FIRST_AT = 8;
    static final int ARRIVAL_AT = 16;
    static final int FLAGS_AT = 24;
    static final int SOURCE_AT = 25;
    static final int HEADER_BYTES_MIN = SOURCE_AT + 2 * Short.BYTES;
    static final byte FRAMED = 1;

    private BlockFormat() {}

    static ByteBuffer header(StagedBlock block, int payloadBytes) {
        byte[] source = utf8(block.source());
        byte[] stream = utf8(block.stream());
        return ByteBuffer.allocate(HEADER_BYTES_MIN + source.length + stream.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(payloadBytes)
                .putInt(block.records())
                .putLong(block.first())
                .putLong(block.arrivalMillis())
                .put(block.framed() ? FRAMED : 0)
                .putShort((short) source.length)
                .put(source)
                .putShort((short) stream.length)
                .put(stream)
                .flip();
    }

    static byte[] utf8(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0xFFFF) {
            throw new IllegalArgumentException("a name of " + bytes.length + " bytes");
        }
        return bytes;
    }
}
