package io.decant.bucketer;

/**
 * Where a record lies and how long it is, in one long: the address in the low 48 bits, the length above.
 *
 * <p>User space ends below 2^48 on x86-64 and AArch64 unless a program asks for more, which the JVM does not. A length
 * of {@value #LENGTH_ESCAPE} or more does not fit: it is found again by looking for the newline that ends the record.
 * (A second framing would read its prefix here.) A second word for the length would cost every record 4 bytes and 50 %
 * more memory traffic to spare the few long ones that scan.
 */
final class RecordRef {

    private static final int ADDRESS_BITS = 48;
    private static final long ADDRESS_MASK = (1L << ADDRESS_BITS) - 1;
    private static final int LENGTH_ESCAPE = 0xFFFF;

    private RecordRef() {}

    static boolean canHold(long address, int length) {
        return address > 0 && address + length <= ADDRESS_MASK;
    }

    static long of(long address, long length) {
        assert address > 0 && length >= 0 && address + length <= ADDRESS_MASK;
        return (Math.min(length, LENGTH_ESCAPE) << ADDRESS_BITS) | address;
    }

    static long address(long ref) {
        return ref & ADDRESS_MASK;
    }

    static int length(long ref) {
        int length = (int) (ref >>> ADDRESS_BITS);
        return length < LENGTH_ESCAPE ? length : longLength(address(ref));
    }

    private static int longLength(long address) {
        // The end of the chunk is not known here. From an aligned start only aligned words are read, and those never
        // reach into a page that the newline is not in.
        long aligned = (address + LENGTH_ESCAPE) & -Long.BYTES;
        return (int) (Lines.nextNewline(aligned, ADDRESS_MASK) - address);
    }
}
