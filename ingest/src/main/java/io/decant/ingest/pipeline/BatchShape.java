package io.decant.ingest.pipeline;

import io.decant.bucketer.KeySpec;
import io.decant.bucketer.MissingKey;
import io.decant.bucketer.transform.StepTransform;
import io.decant.config.Settings;
import io.decant.config.TransformStep;
import io.decant.ingest.batch.HashSalt;
import io.decant.ingest.component.SinkTypes;
import io.decant.ingest.journal.Recipients;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.SinkShape;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What today's settings make of the next batch: the one way from settings to what a cut freezes. */
final class BatchShape {

    private BatchShape() {}

    /**
     * @param recipients those of the sinks that the batch is for
     * @param earlier transforms of sources, by name, as a cut had them last; those of sources that are not in the
     *     settings any more continue
     */
    static Shape of(Settings settings, long hashSeed, Recipients recipients, Map<String, List<String>> earlier) {
        List<SinkShape> sinks = SinkTypes.of(settings).stream()
                .filter(sink -> recipients.include(sink.name()))
                .map(sink -> recipients.isOnly(sink.name()) ? sink.shape().ofLetters() : sink.shape())
                .toList();
        // Lines that were counted have no key of the settings, and need none.
        boolean countLines = sinks.stream().anyMatch(sink -> sink.format().equals(SinkShape.COUNT_LINES));
        KeySpec key = countLines ? KeySpec.RECORD : settings.bucket().frozenKey();
        MissingKey missing = countLines ? MissingKey.RECORD : settings.bucket().missingKey();
        return new Shape(settings.name(), key.toString(), missing.name().toLowerCase(Locale.ROOT), hashSeed, sinks)
                .withKeySemantics(key.semantics())
                .withTransforms(transforms(settings, earlier));
    }

    /** As a cut freezes them: also that of a step's semantics and of the salt. */
    private static Map<String, List<String>> transforms(Settings settings, Map<String, List<String>> earlier) {
        Map<String, List<String>> frozen = new HashMap<>(earlier);
        frozen.keySet().removeAll(settings.sources().keySet());
        settings.transforms()
                .forEach((source, transforms) -> frozen.put(
                        source,
                        StepTransform.of(
                                        transforms.transforms().stream()
                                                .map(TransformStep::canonical)
                                                .toList(),
                                        transforms.transformError(),
                                        HashSalt.ofEnvironment())
                                .frozen()));
        return frozen;
    }
}
