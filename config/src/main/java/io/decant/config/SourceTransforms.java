package io.decant.config;

import io.decant.bucketer.transform.TransformError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the records of a source go through on their way to the sinks. It stands beside the settings of each type of
 * source.
 *
 * @param transforms steps, in order; none: records stay as they are
 * @param transformError what becomes of a record that cannot be transformed
 */
public record SourceTransforms(List<TransformStep> transforms, TransformError transformError) {

    private static final SectionKeys<SourceTransforms> KEYS = SectionKeys.of(SourceTransforms.class);

    static final Setting<SourceTransforms, List<TransformStep>> TRANSFORMS = KEYS.optional(
            new TransformListType(),
            List.of(),
            "Steps that are applied to each record, in this order, before its key is extracted, e.g."
                    + " `[split: \" \", drop: empty]`; see [transforms.md](transforms.md).");

    static final Setting<SourceTransforms, TransformError> TRANSFORM_ERROR = KEYS.optional(
            Types.choice(TransformError.class),
            TransformError.DLQ,
            "What happens to a record that cannot be transformed. `dlq`: it becomes a dead letter; `keep`:"
                    + " it is delivered unchanged; `drop`: it is not delivered, only counted.");

    static final Section<SourceTransforms> SECTION = KEYS.section();

    /** Those of a source that has none. */
    public static final SourceTransforms NONE = new SourceTransforms(List.of(), TransformError.DLQ);

    /** @throws IllegalArgumentException if one of them could not have come from a file */
    public SourceTransforms {
        transforms = List.copyOf(transforms);
        TRANSFORMS.check(transforms);
        TRANSFORM_ERROR.check(transformError);
    }

    /** Those of all sources that have some, by name; nothing, and the problems in {@code input}, where one is wrong. */
    static Optional<Map<String, SourceTransforms>> readAll(Raw.Mapping root, Input input) {
        Map<String, SourceTransforms> all = new LinkedHashMap<>();
        boolean complete = true;
        String key = Settings.SOURCES.key();
        // What is no section was told of where the sources were read.
        if (root.fields().get(key) instanceof Raw.Mapping sources) {
            for (Map.Entry<String, Raw> entry : sources.fields().entrySet()) {
                if (entry.getValue() instanceof Raw.Mapping source) {
                    String path = Input.join(key, entry.getKey());
                    Optional<List<TransformStep>> steps = TRANSFORMS.read(source, path, input);
                    Optional<TransformError> error = TRANSFORM_ERROR.read(source, path, input);
                    complete &= steps.isPresent() && error.isPresent();
                    if (steps.isPresent() && error.isPresent() && !steps.get().isEmpty()) {
                        all.put(entry.getKey(), new SourceTransforms(steps.get(), error.get()));
                    }
                }
            }
        }
        return complete ? Optional.of(all) : Optional.empty();
    }
}
