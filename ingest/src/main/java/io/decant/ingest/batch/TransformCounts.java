package io.decant.ingest.batch;

import io.decant.bucketer.StepCounts;
import java.util.List;

/**
 * What the transforms of a source did with the records of a batch.
 *
 * @param steps their texts
 * @param counts not to be changed
 */
public record TransformCounts(String source, List<String> steps, StepCounts counts) {

    public TransformCounts {
        steps = List.copyOf(steps);
    }

    /** Records that came to a step. */
    public long in(int step) {
        return counts.in(step);
    }

    /** Records that a step made. */
    public long out(int step) {
        return counts.out(step);
    }

    /** Records of which a step left nothing. */
    public long dropped(int step) {
        return counts.dropped(step);
    }

    /** Records that could not be transformed because of a step. */
    public long failed(int step) {
        return counts.failed(step);
    }
}
