package io.decant.bucketer;

/** Thrown from an assignment that was told to stop, see {@link BucketAssigner#stop}. Nothing of it is left. */
public final class AssignmentStoppedException extends RuntimeException {

    AssignmentStoppedException() {
        super("the assignment was stopped", null, false, false);
    }
}
