package io.decant.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A law that holds for arbitrary bytes. A subclass says it in one sentence and checks it for one input; what it throws
 * is a counterexample.
 *
 * <p>In the build the kept corpus is checked, and then inputs made of it at random ({@link Mutants}), for a second.
 * With the environment variable {@code JAZZER_FUZZ} libFuzzer looks for inputs that reach code which none has reached
 * before, for as long as it is told; what breaks the law then goes to the corpus. The corpus of a class is the folder
 * {@code <Class>Inputs/shouldHoldForAnyBytes} beside it in the test resources.
 */
@Tag("fuzz")
public abstract class FuzzTarget {

    /** A check that takes longer hangs, on a busy machine too; what never ends is libFuzzer's to notice. */
    private static final int SECONDS_MAX = 30;
    /** How long inputs are made at random. */
    private static final String MUTANT_MILLIS = "decant.fuzz.millis";

    private static final int MUTANT_MILLIS_DEFAULT = 1_000;
    /** Of what is made at random; the same in every build, so that a build says the same of the same code. */
    private static final String SEED = "decant.seed";

    private static final long SEED_DEFAULT = 1;

    /** @throws Exception where the law does not hold; it is a counterexample whatever its type is */
    protected abstract void check(byte[] input) throws Exception;

    /** What must never happen is in the Javadoc of the class. */
    @FuzzTest
    public final void shouldHoldForAnyBytes(byte[] input) throws Exception {
        long start = System.nanoTime();
        // Jazzer hands in null for none.
        check(input == null ? new byte[0] : input);
        if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(SECONDS_MAX)) {
            throw new AssertionError("took more than " + SECONDS_MAX + " s");
        }
    }

    /** A failure prints the input; it belongs into the corpus. */
    @Test
    public final void shouldHoldForMutantsOfTheCorpus() throws Exception {
        long seed = Long.getLong(SEED, SEED_DEFAULT);
        List<byte[]> corpus = Corpus.of(getClass(), "shouldHoldForAnyBytes");
        Mutants mutants = new Mutants(corpus, new Random(seed));
        long start = System.nanoTime();
        long allowed = TimeUnit.MILLISECONDS.toNanos(Integer.getInteger(MUTANT_MILLIS, MUTANT_MILLIS_DEFAULT));
        for (long made = 0; System.nanoTime() - start < allowed; made++) {
            byte[] input = mutants.next();
            try {
                shouldHoldForAnyBytes(input);
            } catch (Exception | Error e) {
                throw new AssertionError(
                        "mutant " + made + " of seed " + seed + " breaks the law: " + Corpus.shown(input), e);
            }
        }
    }

    /** Bytes as characters, one each. */
    protected static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
