package io.decant.bucketer;

/** Copies records that are lines and lie somewhere with their newlines, those that lie in a row at once. Stateless. */
final class LineCopy {

    private static final int NEWLINE_BYTES = 1;

    private LineCopy() {}

    /** Bytes of a line with its newline. */
    static long length(long ref) {
        return RecordRef.length(ref) + (long) NEWLINE_BYTES;
    }

    /**
     * Copies lines with their newlines.
     *
     * @param refs {@link RecordRef}s, of which those from {@code from} to {@code end} (exclusive) are copied
     * @return bytes written
     */
    static long copy(LongArray refs, long from, long end, long destination) {
        long to = destination;
        long runAddress = 0;
        long runEnd = 0;
        for (long at = from; at < end; at++) {
            long ref = refs.get(at);
            long address = RecordRef.address(ref);
            if (address != runEnd) {
                to = copyRun(runAddress, runEnd, to);
                runAddress = address;
            }
            runEnd = address + length(ref);
        }
        return copyRun(runAddress, runEnd, to) - destination;
    }

    private static long copyRun(long from, long end, long to) {
        Memory.copy(from, to, end - from);
        return to + (end - from);
    }
}
