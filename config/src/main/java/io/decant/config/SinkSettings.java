package io.decant.config;

/** The settings of one entry under {@code sinks}; its {@code type} decides which. */
public sealed interface SinkSettings permits HttpSinkSettings {}
