package io.decant.offload.staging;

import io.decant.bucketer.Memory;
import java.nio.charset.StandardCharsets;

/**
 * A block of a staged file in native memory, read where it lies; for those who go through very many. Owned by one
 * thread; shows one block at a time.
 */
public final class StagedBlockView {

    private long address;
    private int sourceBytes;
    private int streamBytes;

    /** Turns to the block whose header begins at {@code headerAddress}. */
    void set(long headerAddress) {
        address = headerAddress;
        sourceBytes = unsignedShort(address + BlockFormat.SOURCE_AT);
        streamBytes = unsignedShort(streamAt());
    }

    /** The same where it is not known whether a whole block lies there; false: none does before {@code end}. */
    boolean setWithin(long headerAddress, long end) {
        if (end - headerAddress < BlockFormat.HEADER_BYTES_MIN) {
            return false;
        }
        address = headerAddress;
        sourceBytes = unsignedShort(address + BlockFormat.SOURCE_AT);
        if (end - streamAt() < Short.BYTES) {
            return false;
        }
        streamBytes = unsignedShort(streamAt());
        return payloadBytes() >= 0 && end - payloadAddress() >= payloadBytes();
    }

    /** Where the header begins: what tells blocks of one segment apart. */
    public long headerAddress() {
        return address;
    }

    public int records() {
        return intAt(BlockFormat.RECORDS_AT);
    }

    /** Ordinal in the stream of the block's first record. */
    public long first() {
        return Memory.getLongLittleEndian(address + BlockFormat.FIRST_AT);
    }

    /** When the block arrived, milliseconds since the epoch. */
    public long arrivalMillis() {
        return Memory.getLongLittleEndian(address + BlockFormat.ARRIVAL_AT);
    }

    /** Whether the payload is a run of frames; else lines. */
    public boolean framed() {
        return Memory.getByte(address + BlockFormat.FLAGS_AT) == BlockFormat.FRAMED;
    }

    /** The source's name. */
    public String source() {
        return string(address + BlockFormat.SOURCE_AT + Short.BYTES, sourceBytes);
    }

    /** The stream's name within its source. */
    public String stream() {
        return string(streamAt() + Short.BYTES, streamBytes);
    }

    /** Where the records begin. */
    public long payloadAddress() {
        return streamAt() + Short.BYTES + streamBytes;
    }

    public int payloadBytes() {
        return intAt(BlockFormat.PAYLOAD_BYTES_AT);
    }

    private long streamAt() {
        return address + BlockFormat.SOURCE_AT + Short.BYTES + sourceBytes;
    }

    private int intAt(int offset) {
        return Memory.getIntLittleEndian(address + offset);
    }

    private static int unsignedShort(long at) {
        return Byte.toUnsignedInt(Memory.getByte(at)) | Byte.toUnsignedInt(Memory.getByte(at + 1)) << Byte.SIZE;
    }

    private static String string(long at, int length) {
        byte[] bytes = new byte[length];
        Memory.copyToArray(at, bytes, 0, length);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
