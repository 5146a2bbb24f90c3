package io.decant.ingest.source.http;

import java.util.Locale;
import java.util.Optional;

/** How a body is compressed. */
enum Coding {
    IDENTITY,
    GZIP,
    ZSTD;

    /** By the value of {@code Content-Encoding}, null where there is none; empty: it is not one that is taken. */
    static Optional<Coding> of(String header) {
        if (header == null) {
            return Optional.of(IDENTITY);
        }
        return switch (header.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> Optional.of(IDENTITY);
            case "gzip", "x-gzip" -> Optional.of(GZIP);
            case "zstd" -> Optional.of(ZSTD);
            default -> Optional.empty();
        };
    }
}
