package io.decant.loadtest.jmh;

import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.load.RecordShape;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;

/** The records that all benchmarks of this package work on: 100 bytes, 10 % repeats. */
final class JmhRecords {

    static final RecordShape SHAPE = RecordShape.STANDARD;
    private static final int BLOCK_BYTES = 1 << 20;
    /** Records of a block of about 1 MiB. */
    static final int BLOCK_RECORDS = BLOCK_BYTES / (100 + 1);

    private static final long SEED = 1;

    private JmhRecords() {}

    /** So many blocks of records. */
    static RecordPool blocks(int count) {
        return new RecordPool(SHAPE, BLOCK_RECORDS, count * BLOCK_RECORDS * SHAPE.lineBytes(), SEED);
    }

    /** A block in a buffer of Netty's. */
    static ByteBuf block() {
        ByteBuffer records = blocks(1).take();
        return PooledByteBufAllocator.DEFAULT.directBuffer(records.remaining()).writeBytes(records);
    }
}
