package io.decant.config;

import java.nio.file.Path;

/** The settings of one entry under {@code sinks}; its {@code type} decides which. */
public sealed interface SinkSettings permits HttpSinkSettings, HdfsSinkSettings {

    /** The same, with every relative path in it taken from {@code folder}. */
    SinkSettings relativeTo(Path folder);
}
