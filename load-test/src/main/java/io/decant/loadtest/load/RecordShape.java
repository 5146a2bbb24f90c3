package io.decant.loadtest.load;

/**
 * What records look like, and how often they repeat.
 *
 * @param bytes of a record, without its newline; from {@link #BYTES_MIN} on
 * @param repeatPercent how many of a hundred records are a repeat of an earlier one, any of them with the same chance;
 *     0 to 99
 * @param copies where above 1, every record occurs exactly so often instead, the copies evenly apart
 */
public record RecordShape(int bytes, int repeatPercent, int copies) {

    /** What the targets of performance are measured with. */
    public static final RecordShape STANDARD = new RecordShape(100, 10, 1);

    /** A key and the number of the round through the pool. */
    public static final int BYTES_MIN = 10;

    public RecordShape {
        if (bytes < BYTES_MIN || repeatPercent < 0 || repeatPercent > 99 || copies < 1) {
            throw new IllegalArgumentException("no records of " + bytes + " bytes, " + repeatPercent + " % repeats and "
                    + copies + " copies; at least " + BYTES_MIN + " bytes, 0 to 99 %, 1 copy");
        }
    }

    /** The same of another length. */
    public RecordShape withBytes(int other) {
        return new RecordShape(other, repeatPercent, copies);
    }

    /** Every record so often. */
    public RecordShape withCopies(int other) {
        return new RecordShape(bytes, 0, other);
    }

    /** A record and its newline. */
    public int lineBytes() {
        return bytes + 1;
    }
}
