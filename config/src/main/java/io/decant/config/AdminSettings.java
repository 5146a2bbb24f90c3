package io.decant.config;

/** The section {@code admin}. */
public record AdminSettings(HostPort address) {

    /** Every value as it is when nothing is set. */
    public static AdminSettings defaults() {
        return null;
    }
}
