package io.decant.ingest.sink;

import io.decant.config.SinkSettings;
import java.util.function.BiFunction;

/**
 * A type of sink. Each has one, which {@code io.decant.ingest.component.SinkTypes} lists.
 *
 * @param name the word under {@code type} in the settings, which cuts hold as well
 * @param settings their class
 * @param factory of a sink's name and its settings
 */
public record SinkType<S extends SinkSettings>(
        String name, Class<S> settings, BiFunction<String, S, SinkComponent> factory) {

    /**
     * A sink of this type.
     *
     * @throws ClassCastException where the settings are of another type
     */
    public SinkComponent component(String sink, SinkSettings ofThisType) {
        return factory.apply(sink, settings.cast(ofThisType));
    }
}
