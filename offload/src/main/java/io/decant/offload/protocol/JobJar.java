package io.decant.offload.protocol;

/**
 * A jar of a user's job.
 *
 * @param name of its file, as the settings have it
 * @param sha256 of its content, 64 hex digits
 * @param path of a copy that does not change; absolute
 */
public record JobJar(String name, String sha256, String path) {}
