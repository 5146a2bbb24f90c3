package io.decant.bucketer.transform;

import io.decant.bucketer.StepCounts;
import io.decant.bucketer.TransformFailure.Reason;

/**
 * A step at work: takes values and hands what it makes of each to the next stage. Owned by one thread.
 *
 * <p>A value is a range of native memory that stays until the record is done.
 */
abstract class StepStage {

    private final Workspace workspace;
    private StepStage next;
    private int number;
    private long in;
    private long out;
    private long dropped;
    private long failed;

    StepStage(Workspace workspace) {
        this.workspace = workspace;
    }

    /** Puts this into its place in the chain. */
    final void link(int stepNumber, StepStage nextStage) {
        number = stepNumber;
        next = nextStage;
    }

    final int number() {
        return number;
    }

    /** Takes a value. */
    void take(long address, int length) {
        in++;
        long outBefore = out;
        apply(address, length);
        if (out == outBefore) {
            dropped++;
        }
    }

    /** Makes of a value what the step says, and {@linkplain #emit emits} it. A filter emits what it {@link #lets}. */
    void apply(long address, int length) {
        if (lets(address, length)) {
            emit(address, length);
        }
    }

    /** Takes a value of a filter, which hands it on to nobody; whether it stays. */
    final boolean passes(long address, int length) {
        in++;
        if (lets(address, length)) {
            out++;
            return true;
        }
        dropped++;
        return false;
    }

    /** Whether a filter lets a value stay; of filters only. */
    boolean lets(long address, int length) {
        throw new IllegalStateException("not a filter");
    }

    /** Hands a value on. */
    final void emit(long address, int length) {
        out++;
        next.take(address, length);
    }

    /** The same where it is not the first of several that were made of one. */
    final void emitFurther(long address, int length) {
        workspace.addPiece(this);
        emit(address, length);
    }

    /** Hands on what was built. */
    final void emitBuilt() {
        workspace.working(this);
        int length = workspace.built().finish();
        emit(workspace.built().address(), length);
    }

    /** Memory for what this stage builds; it is the one at work from here on. */
    final BuildMemory build() {
        workspace.working(this);
        BuildMemory memory = workspace.built();
        memory.begin();
        return memory;
    }

    final BuildMemory scratch() {
        return workspace.scratch();
    }

    /** To be thrown where this stage cannot do its work. */
    final RecordFailedException fail(Reason reason) {
        workspace.working(this);
        return workspace.fail(reason);
    }

    final void countFailure() {
        failed++;
    }

    /** Notes a record without a value, which stays or is dropped. */
    final void countTombstone(boolean stays) {
        in++;
        out += stays ? 1 : 0;
        dropped += stays ? 0 : 1;
    }

    /** Whether a record without a value stays: of all steps but one, it does. */
    boolean keepsTombstone() {
        return true;
    }

    final void addCounts(StepCounts counts) {
        counts.add(number, in, out, dropped, failed);
    }
}
