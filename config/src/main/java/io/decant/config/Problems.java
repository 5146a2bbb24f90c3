package io.decant.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong, so that one run tells all of it. */
final class Problems {
    private record Found(long order, Problem problem) {}

    private final List<Found> found = new ArrayList<>();

    void add(Location location, String key, String value, String text, String wayOut) {
        found.add(new Found(location.order(), new Problem(location.text(), key, value, text, wayOut)));
    }

    void add(Location location, String key, String value, InvalidValue invalid) {
        add(location, key, value, invalid.text(), invalid.wayOut());
    }

    /** Ends the loading if anything was found. */
    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new SettingsException(found.stream()
                    .sorted(Comparator.comparingLong(Found::order))
                    .map(Found::problem)
                    .toList());
        }
    }
}
