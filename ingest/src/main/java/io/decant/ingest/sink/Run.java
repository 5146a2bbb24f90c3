package io.decant.ingest.sink;

/**
 * A run of a part's records that fare alike, and become a piece of their own. It begins where the run before it ends.
 *
 * @param end ordinal within the bucket behind its last record
 * @param answer {@link AnswerClass#DELIVERED}: the receiver has them, or they were not sent at all; {@link AnswerClass#REFUSED} with a refusal: it never
 *     will; anything else: they go again, on their own
 * @param refusal null unless they are given up
 */
record Run(long end, AnswerClass answer, Refusal refusal) {

    /** Records that go again on their own. */
    static Run again(long end, AnswerClass answer) {
        return new Run(end, answer, null);
    }

    boolean isGivenUp() {
        return refusal != null;
    }
}
