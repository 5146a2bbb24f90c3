package io.decant.ingest.deadletter;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Which records have a letter: exact, a bit for each ordinal of a bucket. */
final class LetterSet {

    private record Bucket(String journal, String sink, long batch, int bucket) {

        static Bucket of(FiledLetter filed) {
            DeadLetter letter = filed.letter();
            return new Bucket(filed.journal(), letter.sink(), letter.batch(), letter.bucket());
        }
    }

    private final Map<Bucket, BitSet> ordinals = new HashMap<>();

    /** @throws ArithmeticException where a batch has more records than any has */
    void add(FiledLetter filed) {
        ordinals.computeIfAbsent(Bucket.of(filed), bucket -> new BitSet())
                .set(Math.toIntExact(filed.letter().ordinal()));
    }

    boolean contains(FiledLetter filed) {
        BitSet bucket = ordinals.get(Bucket.of(filed));
        return bucket != null && bucket.get(Math.toIntExact(filed.letter().ordinal()));
    }

    /** Forgets the batches up to the one that {@code settled} gives for a sink. */
    void forget(ToLongFunction<String> settled) {
        ordinals.keySet().removeIf(bucket -> bucket.batch() <= settled.applyAsLong(bucket.sink()));
    }
}
