package io.decant.config;

/** The settings of one entry under {@code sources}; its {@code type} decides which. */
public sealed interface SourceSettings permits TcpSourceSettings, KafkaSourceSettings {

    /** Longest record that the source takes. */
    DataSize maxRecord();
}
