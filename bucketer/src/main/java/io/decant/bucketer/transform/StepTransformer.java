package io.decant.bucketer.transform;

import io.decant.bucketer.StepCounts;
import io.decant.bucketer.Transformer;
import java.util.List;

/** A chain of stages, one for each step. Owned by one thread. */
final class StepTransformer implements Transformer {

    private final Workspace workspace = new Workspace();
    private final Collector outputs = new Collector(workspace);
    private final StepStage[] stages;
    private final StepStage first;
    private final TransformError error;

    StepTransformer(List<Step> steps, TransformError error) {
        this.error = error;
        this.stages = new StepStage[steps.size()];
        StepStage next = outputs;
        for (int i = steps.size() - 1; i >= 0; i--) {
            stages[i] = steps.get(i).newStage(workspace);
            stages[i].link(i, next);
            next = stages[i];
        }
        this.first = next;
    }

    @Override
    public int transform(long address, int length) {
        workspace.reset();
        outputs.reset();
        try {
            first.take(address, length);
        } catch (RecordFailedException e) {
            outputs.reset();
            switch (error) {
                case DLQ -> {
                    return FAILED;
                }
                case KEEP -> outputs.take(address, length);
                case DROP -> {
                    return 0;
                }
            }
        }
        return outputs.count();
    }

    @Override
    public int filter(long address, int length) {
        workspace.reset();
        try {
            for (StepStage stage : stages) {
                if (!stage.passes(address, length)) {
                    return 0;
                }
            }
        } catch (RecordFailedException e) {
            return switch (error) {
                case DLQ -> FAILED;
                case KEEP -> 1;
                case DROP -> 0;
            };
        }
        return 1;
    }

    @Override
    public int transformTombstone() {
        for (StepStage stage : stages) {
            stage.countTombstone(stage.keepsTombstone());
            if (!stage.keepsTombstone()) {
                return 0;
            }
        }
        return 1;
    }

    @Override
    public long address(int output) {
        return outputs.address(output);
    }

    @Override
    public int length(int output) {
        return outputs.length(output);
    }

    @Override
    public int failure() {
        return workspace.failure();
    }

    /** How many records steps made beyond one each, of the last record; what {@link Workspace#OUTPUTS_MAX} bounds. */
    int furtherPieces() {
        return workspace.furtherPieces();
    }

    @Override
    public void addCounts(StepCounts counts) {
        for (StepStage stage : stages) {
            stage.addCounts(counts);
        }
    }

    @Override
    public void close() {
        workspace.close();
    }
}
