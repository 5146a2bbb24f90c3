package io.decant.ingest.history;

import java.time.Instant;
import java.time.InstantSource;

/** A wall clock that a test sets. */
final class SettableClock implements InstantSource {

    long millis;

    SettableClock(long millis) {
        this.millis = millis;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis);
    }
}
