package io.decant.config;

import java.time.Duration;

/** A source of {@code type: tcp}. */
public record TcpSourceSettings(
        HostPort address,
        DataSize maxRecord,
        int maxConnections,
        Duration idleTimeout,
        AckMode ack,
        SessionMode session,
        Duration sessionRetain)
        implements SourceSettings {

    /** The defaults, listening at {@code address}. */
    public static TcpSourceSettings defaults(HostPort address) {
        return null;
    }
}
