package io.decant.config;

/** The settings of one entry under {@code sources}; its {@code type} decides which. */
public sealed interface SourceSettings permits TcpSourceSettings, KafkaSourceSettings {
    /** The longest record that it takes. */
    DataSize maxRecord();
}
