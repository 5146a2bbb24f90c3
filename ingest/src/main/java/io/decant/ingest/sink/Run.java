package io.decant.ingest.sink;

/**
 * A run of a part's records that have the same result, and become a piece of their own. It begins where the run before
 * it ends.
 *
 * @param end ordinal within the bucket behind its last record
 * @param answer {@link AnswerClass#DELIVERED}: the receiver has them; {@link AnswerClass#REFUSED} with a refusal: it
 *     never will; null: they were not sent at all; anything else: they go again, on their own
 * @param refusal null unless they become dead letters
 * @param opener whether it is the record that has opened the breaker
 */
record Run(long end, AnswerClass answer, Rejection refusal, boolean opener) {

    /** Records that go again on their own. */
    static Run again(long end, AnswerClass answer) {
        return new Run(end, answer, null, false);
    }

    /** Records that the receiver has. */
    static Run delivered(long end) {
        return new Run(end, AnswerClass.DELIVERED, null, false);
    }

    /** Records that no request carries. */
    static Run unsent(long end) {
        return new Run(end, null, null, false);
    }

    static Run givenUp(long end, Rejection refusal) {
        return new Run(end, AnswerClass.REFUSED, refusal, false);
    }

    /** The record that has opened the breaker. */
    static Run ofOpener(long end) {
        return new Run(end, AnswerClass.OUTAGE, null, true);
    }

    /** Whether nothing of it is to be sent, or becomes a dead letter. */
    boolean isPassed() {
        return answer == null || answer == AnswerClass.DELIVERED;
    }

    boolean isGivenUp() {
        return refusal != null;
    }
}
