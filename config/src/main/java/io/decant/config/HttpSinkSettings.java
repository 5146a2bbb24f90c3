package io.decant.config;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** A sink of {@code type: http}. */
public record HttpSinkSettings(
        URI url,
        BodyFormat format,
        String contentType,
        int maxRecords,
        DataSize maxBytes,
        int concurrency,
        Duration timeout,
        Duration retryMaxDelay,
        Map<String, Secret> headers)
        implements SinkSettings {

    /** The defaults, delivering to {@code url}. */
    public static HttpSinkSettings defaults(URI url) {
        return null;
    }

    /** The {@code Content-Type} of a request: the one set, or that of the format. */
    public String effectiveContentType() {
        return contentType.isEmpty() ? format.contentType() : contentType;
    }
}
