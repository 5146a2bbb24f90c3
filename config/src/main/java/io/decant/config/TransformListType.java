package io.decant.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Steps in order; the same one may come twice. */
record TransformListType() implements ValueType<List<TransformStep>> {

    private static final int STEPS_MAX = 256;
    private static final TransformStepType STEP = new TransformStepType();

    @Override
    public String name() {
        return "list";
    }

    @Override
    public String range() {
        return "`[...]`, each " + STEP.range();
    }

    @Override
    public Optional<List<TransformStep>> read(Raw raw, String key, Input input) {
        if (!(raw instanceof Raw.Sequence sequence)) {
            input.wrongType(raw, key, "a list of steps");
            return Optional.empty();
        }
        List<TransformStep> steps = new ArrayList<>();
        sequence.items().forEach(item -> STEP.read(item, key, input).ifPresent(steps::add));
        if (steps.size() < sequence.items().size()) {
            return Optional.empty();
        }
        try {
            checkSize(steps);
            return Optional.of(List.copyOf(steps));
        } catch (InvalidValue e) {
            input.problems().add(raw.location(), key, "", e);
            return Optional.empty();
        }
    }

    @Override
    public Raw write(List<TransformStep> steps) {
        return new Raw.Sequence(
                Location.NOWHERE, steps.stream().map(STEP::write).toList());
    }

    @Override
    public void check(List<TransformStep> steps) {
        steps.forEach(STEP::check);
        checkSize(steps);
    }

    private static void checkSize(List<TransformStep> steps) {
        if (steps.size() > STEPS_MAX) {
            throw new InvalidValue("has " + steps.size() + " steps", "the most is " + STEPS_MAX);
        }
    }
}
