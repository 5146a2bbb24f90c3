package io.decant.offload.staging;

import io.decant.bucketer.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A record in a run, read where it lies in native memory; see the package for the layout. Stateless. */
public final class RunEntry {

    /** Bytes before the record. */
    public static final int HEADER_BYTES = 24;

    private static final int STREAM_AT = 4;
    private static final int POSITION_AT = 8;
    private static final int ARRIVAL_AT = 16;
    private static final int FRAMED = 1 << 31;
    /** Above the position: index among the records that transforms made of one, plus 1; 0: it is the only one. */
    private static final int INDEX_SHIFT = 46;

    private static final long POSITION_MASK = (1L << INDEX_SHIFT) - 1;

    private RunEntry() {}

    /** Writes an entry's header into a little-endian buffer; the record follows. */
    static void put(
            ByteBuffer target, int length, boolean framed, int stream, long position, int index, long arrivalMillis) {
        target.putInt(framed ? length | FRAMED : length)
                .putInt(stream)
                .putLong(position | (index + 1L) << INDEX_SHIFT)
                .putLong(arrivalMillis);
    }

    /** Bytes of the whole entry: the next one begins behind them. */
    public static long bytes(long entry) {
        return HEADER_BYTES + (long) recordLength(entry);
    }

    /** Where the line, or the frame, begins. */
    public static long recordAddress(long entry) {
        return entry + HEADER_BYTES;
    }

    /** Bytes of the line without its newline, or of the whole frame. */
    public static int recordLength(long entry) {
        return Memory.getIntLittleEndian(entry) & ~FRAMED;
    }

    /** The same of an entry whose header lies on the heap. */
    public static int recordLength(byte[] header) {
        return lengthAndFlag(header) & ~FRAMED;
    }

    /** Whether the record is a frame. */
    public static boolean framed(long entry) {
        return (Memory.getIntLittleEndian(entry) & FRAMED) != 0;
    }

    /** The same of an entry whose header lies on the heap. */
    public static boolean framed(byte[] header) {
        return (lengthAndFlag(header) & FRAMED) != 0;
    }

    private static int lengthAndFlag(byte[] header) {
        return ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    /** Which of the run's streams it came in. */
    public static int stream(long entry) {
        return Memory.getIntLittleEndian(entry + STREAM_AT);
    }

    /** Ordinal of the record in its stream, from 0. */
    public static long position(long entry) {
        return Memory.getLongLittleEndian(entry + POSITION_AT) & POSITION_MASK;
    }

    /** Which of the records it is, from 0, that its record was turned into where there are several; else -1. */
    public static int index(long entry) {
        return (int) (Memory.getLongLittleEndian(entry + POSITION_AT) >>> INDEX_SHIFT) - 1;
    }

    /** When its block arrived, milliseconds since the epoch. */
    public static long arrivalMillis(long entry) {
        return Memory.getLongLittleEndian(entry + ARRIVAL_AT);
    }
}
