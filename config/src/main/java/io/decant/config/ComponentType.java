package io.decant.config;

/**
 * A type of source or of sink, as far as its settings are concerned. Each type has one; {@link Settings} lists them.
 *
 * @param name the word under {@code type}
 * @param page in {@code docs/} that describes the type
 * @param section its keys
 */
record ComponentType<S extends ComponentSettings>(String name, String page, Section<S> section) {}
