package io.decant.ingest.journal;

import io.decant.bucketer.Memory;

/**
 * Where a block comes from, read from its header in the mapped journal without making an object of it:
 * {@link BlockHeader} for those who read very many. Owned by one thread; shows one block at a time.
 */
public final class BlockView {

    private long first;
    private long arrivalMillis;
    private long sourceAddress;
    private int sourceBytes;
    private long streamAddress;
    private int streamBytes;

    /** Turns to the block whose header lies at {@code address}. */
    public void set(long address) {
        first = Memory.getLongLittleEndian(address + BlockHeader.FIRST_AT);
        arrivalMillis = Memory.getLongLittleEndian(address + BlockHeader.ARRIVAL_AT);
        byte flags = Memory.getByte(address + BlockHeader.FLAGS_AT);
        long source = address + BlockHeader.behindResume(flags);
        if (BlockHeader.hasCursor(flags)) {
            source += Short.BYTES + stringBytes(source);
        }
        sourceBytes = stringBytes(source);
        sourceAddress = source + Short.BYTES;
        streamBytes = stringBytes(sourceAddress + sourceBytes);
        streamAddress = sourceAddress + sourceBytes + Short.BYTES;
    }

    /** Length of the string that begins with its length here. */
    private static int stringBytes(long address) {
        return Byte.toUnsignedInt(Memory.getByte(address))
                | Byte.toUnsignedInt(Memory.getByte(address + 1)) << Byte.SIZE;
    }

    /** Ordinal in the stream of the block's first record. */
    public long first() {
        return first;
    }

    /** When the last byte of it arrived, milliseconds since the epoch. */
    public long arrivalMillis() {
        return arrivalMillis;
    }

    /** Where the name of the source lies, in UTF-8. */
    public long sourceAddress() {
        return sourceAddress;
    }

    public int sourceBytes() {
        return sourceBytes;
    }

    /** Where the stream's name within its source lies, in UTF-8. */
    public long streamAddress() {
        return streamAddress;
    }

    public int streamBytes() {
        return streamBytes;
    }
}
