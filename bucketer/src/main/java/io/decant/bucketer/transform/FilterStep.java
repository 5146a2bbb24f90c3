package io.decant.bucketer.transform;

/** {@code keep: CONDITION} or {@code drop: CONDITION}: only the values that meet it, or only the others. */
final class FilterStep extends Step {

    static final String KEEP = "keep";
    static final String DROP = "drop";

    private final Condition condition;
    private final boolean kept;

    FilterStep(boolean kept, String condition) {
        super(StepText.of(kept ? KEEP : DROP, condition));
        this.condition = Condition.of(condition);
        this.kept = kept;
    }

    @Override
    boolean filters() {
        return true;
    }

    @Override
    StepStage newStage(Workspace workspace) {
        return condition.newFilter(workspace, kept);
    }
}
