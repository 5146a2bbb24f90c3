package io.decant.bucketer;

/**
 * Why a record could not be transformed.
 *
 * @param step number of the step, from 0
 * @param reason what was wrong with the record
 */
public record TransformFailure(int step, Reason reason) {

    /** What can be wrong with a record. Only ever added to: a dead letter names one. */
    public enum Reason {
        NOT_JSON(0, "is not JSON"),
        NO_OBJECT(1, "is not a JSON object"),
        NO_ARRAY(2, "has no array at the pointer"),
        NAME_TAKEN(3, "already has a member with the new name"),
        NO_MATCH(4, "does not match the expression"),
        NOT_UTF8(5, "is not UTF-8"),
        NOT_CSV(6, "is not CSV"),
        NO_COLUMN(7, "has too few columns"),
        TOO_MANY(8, "becomes more than 65536 records"),
        TOO_LARGE(9, "becomes more than 256 MiB");

        private final int number;
        private final String text;

        Reason(int number, String text) {
            this.number = number;
            this.text = text;
        }

        /** What is said of the record, as a verb and what follows. */
        public String text() {
            return text;
        }
    }

    private static final Reason[] REASONS = Reason.values();
    private static final int REASON_BITS = 8;

    /** In one number, never negative. */
    public int code() {
        return step << REASON_BITS | reason.number;
    }

    /** Reads a {@link #code}. */
    public static TransformFailure of(int code) {
        int number = code & ((1 << REASON_BITS) - 1);
        for (Reason reason : REASONS) {
            if (reason.number == number) {
                return new TransformFailure(code >>> REASON_BITS, reason);
            }
        }
        throw new IllegalArgumentException("code " + code + " names reason " + number + ", which there is not");
    }
}
