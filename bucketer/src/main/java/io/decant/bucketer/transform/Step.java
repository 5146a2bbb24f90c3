package io.decant.bucketer.transform;

import java.util.Optional;

/**
 * One step of a transform: what it does, said in its canonical text. Immutable; two are equal when their texts are.
 *
 * <p>A step is a Kleisli arrow of the list monad, see {@code docs/decisions}: it takes one value and makes none, one or
 * several of it, or fails.
 */
public abstract class Step {

    private final StepText text;

    Step(StepText text) {
        this.text = text;
    }

    /** A stage that does it, for one thread. */
    abstract StepStage newStage(Workspace workspace);

    /** Whether it can make several of one. */
    boolean canSplit() {
        return false;
    }

    /** Whether it makes nothing of a value but that value, or nothing at all. */
    boolean filters() {
        return false;
    }

    /**
     * If each record that it makes is a slice of the value, and there is at most one more than the value has certain
     * bytes, none of which is within a slice: these bytes. So splitting slices again makes at most one more for each
     * byte of either.
     */
    Optional<ByteSet> separators() {
        return filters() ? Optional.of(ByteSet.NONE) : Optional.empty();
    }

    /** The canonical text, e.g. {@code split: " "}. {@link StepKinds#parse} reads it back. */
    public final String text() {
        return text.toString();
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof Step step && step.text().equals(text());
    }

    @Override
    public final int hashCode() {
        return text().hashCode();
    }

    @Override
    public final String toString() {
        return text();
    }
}
