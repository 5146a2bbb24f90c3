package io.decant.bucketer.transform;

import io.decant.bucketer.TransformFailure;
import io.decant.bucketer.TransformFailure.Reason;

/**
 * What the stages of one chain share: memory for what they build, and the bounds of what may come of one record. Both
 * bounds are of sums over all steps, so that it does not matter how steps are grouped. Owned by one thread.
 */
final class Workspace implements AutoCloseable {

    /** Most records that one can become. */
    static final int OUTPUTS_MAX = 65_536;
    /** Most bytes that all steps together may build of one record. */
    static final long BUILT_BYTES_MAX = 256L << 20;

    private final RecordFailedException failed = new RecordFailedException();
    private final BuildMemory built = new BuildMemory(BUILT_BYTES_MAX, () -> {
        throw fail(Reason.TOO_LARGE);
    });
    /** For what a step needs while it works. A text takes no more than the record does. */
    private final BuildMemory scratch = new BuildMemory(Long.MAX_VALUE, () -> {});

    private int furtherPieces;
    private StepStage working;
    private int failure;

    BuildMemory built() {
        return built;
    }

    BuildMemory scratch() {
        return scratch;
    }

    /** Notes which stage is at work, since only that one can fail. */
    void working(StepStage stage) {
        working = stage;
    }

    /** One more record than a step was given. */
    void addPiece(StepStage by) {
        furtherPieces++;
        if (furtherPieces >= OUTPUTS_MAX) {
            working = by;
            throw fail(Reason.TOO_MANY);
        }
    }

    /** To be thrown by the stage that cannot do its work. */
    RecordFailedException fail(Reason reason) {
        failure = new TransformFailure(working.number(), reason).code();
        working.countFailure();
        return failed;
    }

    /** Of the last record that failed, a {@link TransformFailure#code}. */
    int failure() {
        return failure;
    }

    /** What steps made of the record beyond one each. */
    int furtherPieces() {
        return furtherPieces;
    }

    /** Before each record. */
    void reset() {
        built.reset();
        scratch.reset();
        furtherPieces = 0;
    }

    @Override
    public void close() {
        built.close();
        scratch.close();
    }
}
