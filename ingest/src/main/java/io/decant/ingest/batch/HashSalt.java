package io.decant.ingest.batch;

import io.decant.bucketer.transform.StepTransform;

/** The salt of {@code json-hash}, which is a secret: it comes from the environment, and stands in no file. */
public final class HashSalt {

    private HashSalt() {}

    /** In UTF-8; null where the variable is not set, or empty. */
    public static byte[] ofEnvironment() {
        return StepTransform.saltOf(System.getenv());
    }
}
