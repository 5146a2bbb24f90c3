package io.decant.ingest.deadletter;

import java.util.List;

/** Histories of refusals, for tests of what counts on from them. */
public final class LetterHistories {

    private LetterHistories() {}

    /** Of a sink that goes on at {@code end} in a bucket of a batch, and has letters for these ordinals before that. */
    public static RefusalHistory refused(String sink, long batch, int bucket, long end, int max, long... ordinals) {
        RefusalHistory history = new RefusalHistory(batch, bucket, end, List.of(), max);
        for (long ordinal : ordinals) {
            history.add(letter(sink, batch, bucket, ordinal, Reason.REFUSED));
        }
        return history;
    }

    static DeadLetter letter(String sink, long batch, int bucket, long ordinal, Reason reason) {
        return new DeadLetter(sink, batch, bucket, ordinal, reason, 400, "no", new byte[] {'r'}, null);
    }
}
