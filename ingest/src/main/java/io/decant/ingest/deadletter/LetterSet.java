package io.decant.ingest.deadletter;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Which records have a letter: exact, a bit for each, so it costs little where many of a bucket have one. */
final class LetterSet {

    /** Ordinals whose bits lie together. */
    private static final int RUN_BITS = 12;

    /** Ordinals of a bucket from {@code run << RUN_BITS} on. */
    private record Run(String journal, String sink, long batch, int bucket, long run) {

        static Run of(FiledLetter filed) {
            DeadLetter letter = filed.letter();
            return new Run(
                    filed.journal(), letter.sink(), letter.batch(), letter.bucket(), letter.ordinal() >> RUN_BITS);
        }
    }

    private final Map<Run, BitSet> runs = new HashMap<>();

    void add(FiledLetter filed) {
        runs.computeIfAbsent(Run.of(filed), run -> new BitSet()).set(bit(filed));
    }

    void remove(FiledLetter filed) {
        BitSet run = runs.get(Run.of(filed));
        if (run != null) {
            run.clear(bit(filed));
        }
    }

    boolean contains(FiledLetter filed) {
        BitSet run = runs.get(Run.of(filed));
        return run != null && run.get(bit(filed));
    }

    private static int bit(FiledLetter filed) {
        return (int) filed.letter().ordinal() & (1 << RUN_BITS) - 1;
    }

    /** Forgets the batches up to the one that {@code settled} gives for a sink. */
    void forget(ToLongFunction<String> settled) {
        runs.keySet().removeIf(run -> run.batch() <= settled.applyAsLong(run.sink()));
    }
}
