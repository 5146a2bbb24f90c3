package io.decant.ingest.pipeline;

import io.decant.bucketer.StepCounts;
import io.decant.config.SourceTransforms;
import io.decant.config.TransformStep;
import io.decant.ingest.batch.TransformCounts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the transforms of today's settings have done since the start, summed over the batches that were loaded: one that
 * is loaded twice, for two sinks that are far apart, counts twice, and one that is split on Spark does not count.
 * Thread-safe.
 */
final class TransformTotals {

    /** By source; guarded by this. */
    private final Map<String, TransformCounts> bySource = new LinkedHashMap<>();

    TransformTotals(Map<String, SourceTransforms> transforms) {
        transforms.forEach((source, of) -> {
            List<String> steps =
                    of.transforms().stream().map(TransformStep::canonical).toList();
            bySource.put(source, new TransformCounts(source, steps, new StepCounts(steps.size())));
        });
    }

    synchronized void add(List<TransformCounts> counts) {
        for (TransformCounts added : counts) {
            TransformCounts sum = bySource.get(added.source());
            // Those of a cut with other steps are not those of today.
            if (sum != null && sum.steps().equals(added.steps())) {
                sum.counts().add(added.counts());
            }
        }
    }

    /** By source, copied. */
    synchronized Map<String, TransformCounts> all() {
        Map<String, TransformCounts> all = new LinkedHashMap<>();
        bySource.forEach((source, sum) -> {
            StepCounts copy = new StepCounts(sum.counts().steps());
            copy.add(sum.counts());
            all.put(source, new TransformCounts(source, sum.steps(), copy));
        });
        return all;
    }
}
