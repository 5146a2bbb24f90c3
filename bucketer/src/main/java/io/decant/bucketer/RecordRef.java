package io.decant.bucketer;

/**
 * Where a record lies, how long it is, and whether it is known to be JSON, in one long: the address in the low 48 bits,
 * the length in 15 above, and in the highest whether the record, or the value in its frame, was found to be one JSON
 * text without white space around it while its key was looked for. Where that is not set nobody knows.
 *
 * <p>User space ends below 2^48 on x86-64 and AArch64 unless a program asks for more, which the JVM does not. A length
 * of {@value #LINE_FRAME} or more does not fit. {@value #LENGTH_ESCAPE} stands for a longer line: its length is found
 * again by looking for the newline that ends it. {@value #FRAME} stands for a {@link Frame}, which begins at the
 * address and says all by itself; {@value #LINE_FRAME} for one whose value is known to be there, and to hold no
 * newline. A second word for the length would cost every record 4 bytes and 50 % more memory traffic to spare the few
 * long ones that scan.
 */
final class RecordRef {

    private static final int ADDRESS_BITS = 48;
    private static final long ADDRESS_MASK = (1L << ADDRESS_BITS) - 1;
    private static final int LINE_FRAME = 0x7FFD;
    private static final int FRAME = 0x7FFE;
    private static final int LENGTH_ESCAPE = 0x7FFF;
    private static final long JSON = 1L << 63;

    private RecordRef() {}

    static boolean canHold(long address, int length) {
        return address > 0 && address + length <= ADDRESS_MASK;
    }

    /** Whether the length of a line of so many bytes is found by the newline behind it. */
    static boolean isLong(long length) {
        return length >= LINE_FRAME;
    }

    static long of(long address, long length) {
        assert address > 0 && length >= 0 && address + length <= ADDRESS_MASK;
        return ((length < LINE_FRAME ? length : LENGTH_ESCAPE) << ADDRESS_BITS) | address;
    }

    static long ofFrame(long frame) {
        assert frame > 0 && frame <= ADDRESS_MASK;
        return ((long) FRAME << ADDRESS_BITS) | frame;
    }

    /** A frame whose value is read now, while it is in the processor's cache, to know whether it is a line. */
    static long ofFrameRead(long frame) {
        long value = Frame.valueAddress(frame);
        boolean isLine =
                !Frame.isTombstone(frame) && Lines.nextNewline(value, value + Frame.valueLength(frame)) == Lines.NONE;
        return isLine ? ((long) LINE_FRAME << ADDRESS_BITS) | frame : ofFrame(frame);
    }

    /** The same, known to be JSON or not. */
    static long withJson(long ref, boolean json) {
        return json ? ref | JSON : ref;
    }

    /** Whether the record is known to be one JSON text without white space around it. */
    static boolean isJson(long ref) {
        return ref < 0;
    }

    /** Where a line, or a frame, begins. */
    static long address(long ref) {
        return ref & ADDRESS_MASK;
    }

    static boolean isFrame(long ref) {
        int bits = bits(ref);
        return bits == FRAME || bits == LINE_FRAME;
    }

    /** Whether it is a line, or known to be a frame whose value is there and holds no newline. */
    static boolean isLine(long ref) {
        return bits(ref) != FRAME;
    }

    /** Where a line, or the value in a frame, begins. */
    static long valueAddress(long ref) {
        return isFrame(ref) ? Frame.valueAddress(address(ref)) : address(ref);
    }

    /** Bytes of a line without its newline, or of the value in a frame. */
    static int length(long ref) {
        int length = bits(ref);
        if (length < LINE_FRAME) {
            return length;
        }
        return length == LENGTH_ESCAPE ? longLength(address(ref)) : Frame.valueLength(address(ref));
    }

    private static int bits(long ref) {
        return (int) (ref >>> ADDRESS_BITS) & LENGTH_ESCAPE;
    }

    private static int longLength(long address) {
        // The end of the chunk is not known here. From an aligned start only aligned words are read, and those never
        // reach into a page that the newline is not in.
        long aligned = (address + LINE_FRAME) & -Long.BYTES;
        return (int) (Lines.nextNewline(aligned, ADDRESS_MASK) - address);
    }
}
