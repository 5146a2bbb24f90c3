package io.decant.bucketer.transform;

import java.util.Locale;

/** What becomes of a record that cannot be transformed. */
public enum TransformError {
    /** None of what it would have become is delivered; it is a dead letter. */
    DLQ,
    /** It is delivered as it came. */
    KEEP,
    /** Nothing of it is delivered; it is counted. */
    DROP;

    /** As in the settings. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
