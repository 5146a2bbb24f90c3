package io.decant.config;

import java.util.List;
import java.util.Map;

/** A value of the settings as it was written, before it has a type. Its location is that of its key. */
sealed interface Raw {
    Location location();

    /** With its article, as errors name it. */
    String described();

    /**
     * Text, number or word: what it is decides the key it stands under. {@code absent}: an empty or {@code null} value.
     */
    record Scalar(Location location, String text, boolean absent) implements Raw {
        static Scalar of(String text) {
            return new Scalar(Location.NOWHERE, text, false);
        }

        @Override
        public String described() {
            return absent ? "nothing" : "a single value";
        }
    }

    /** A list; its items are in the place of its key. */
    record Sequence(Location location, List<Raw> items) implements Raw {
        @Override
        public String described() {
            return "a list";
        }
    }

    /** Keys and values in file order; mutable while {@code --set} lays its values over those of the file. */
    record Mapping(Location location, Map<String, Raw> fields) implements Raw {
        @Override
        public String described() {
            return "a section";
        }
    }
}
