package io.decant.config;

/** The settings of a source or of a sink. */
public interface ComponentSettings {

    /** The word that stands under {@code type}. */
    String type();
}
