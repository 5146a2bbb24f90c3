package io.decant.ingest.source;

import io.decant.config.SourceSettings;
import java.util.function.BiFunction;

/**
 * A type of source. Each has one, which {@code io.decant.ingest.component.SourceTypes} lists.
 *
 * @param name the word under {@code type} in the settings
 * @param settings their class
 * @param factory of a source's name and its settings
 */
public record SourceType<S extends SourceSettings>(
        String name, Class<S> settings, BiFunction<String, S, SourceComponent> factory) {

    /**
     * A source of this type.
     *
     * @throws ClassCastException where the settings are of another type
     */
    public SourceComponent component(String source, SourceSettings ofThisType) {
        return factory.apply(source, settings.cast(ofThisType));
    }
}
