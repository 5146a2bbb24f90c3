package io.decant.ingest.deadletter;

import java.time.Instant;
import java.util.function.Predicate;

/**
 * Which letters a person asks for.
 *
 * @param sink of that sink, empty for those of none; null: of any
 * @param reason with that reason; null: with any
 * @param batch of that batch; null: of any
 * @param since written then or later; null: whenever
 */
public record LetterFilter(String sink, Reason reason, Long batch, Instant since) implements Predicate<FiledLetter> {

    /** Every letter. */
    public static final LetterFilter ALL = new LetterFilter(null, null, null, null);

    @Override
    public boolean test(FiledLetter filed) {
        DeadLetter letter = filed.letter();
        return (sink == null || sink.equals(letter.sink()))
                && (reason == null || reason == letter.reason())
                && (batch == null || batch == letter.batch())
                && (since == null || !filed.time().isBefore(since));
    }
}
