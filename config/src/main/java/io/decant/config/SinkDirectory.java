package io.decant.config;

import java.net.URI;

/**
 * A directory that belongs to one sink.
 *
 * @param key of the setting that names it, within the sink's section
 * @param uri with scheme {@code hdfs} or {@code file}
 */
public record SinkDirectory(String key, URI uri) {

    /** Whether it is on a disk of this machine; otherwise it is on HDFS. */
    boolean isLocal() {
        return FilesystemUriType.isFile(uri);
    }

    /** The same text for the same directory, however it is written. */
    String comparable() {
        String path = uri.normalize().getPath().replaceFirst("/+$", "");
        return isLocal() ? path : uri.getRawAuthority() + path;
    }
}
