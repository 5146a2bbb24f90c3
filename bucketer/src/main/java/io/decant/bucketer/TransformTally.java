package io.decant.bucketer;

import java.util.ArrayList;
import java.util.List;

/**
 * What transforms did with a batch beside what came of it: the records that failed, by range, and the counts of the
 * steps. Threads fill different ranges at once.
 */
final class TransformTally implements AutoCloseable {

    private final List<FailedRecords> failed = new ArrayList<>();
    private final List<StepCounts> counts;

    TransformTally(int ranges, List<Transform> transforms) {
        for (int range = 0; range < ranges; range++) {
            failed.add(new FailedRecords());
        }
        this.counts = newCounts(transforms);
    }

    static List<StepCounts> newCounts(List<Transform> transforms) {
        return transforms.stream().map(each -> new StepCounts(each.steps())).toList();
    }

    FailedRecords failed(int range) {
        return failed.get(range);
    }

    synchronized void addCounts(RecordOutputs outputs) {
        outputs.addCounts(counts);
    }

    List<StepCounts> counts() {
        return counts;
    }

    /** All records that failed, in order of arrival; to be closed by the caller. */
    FailedRecords takeFailed() {
        FailedRecords all = new FailedRecords();
        failed.forEach(all::addAll);
        return all;
    }

    @Override
    public void close() {
        failed.forEach(FailedRecords::close);
    }
}
