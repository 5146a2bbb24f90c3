package io.decant.offload.layout;

import java.io.IOException;

/**
 * A file that should be a manifest and is not one, or not of what was expected. The message says what is wrong with it.
 */
public final class ManifestException extends IOException {

    private static final long serialVersionUID = 1;

    public ManifestException(String message) {
        super(message);
    }

    public ManifestException(String message, Throwable cause) {
        super(message, cause);
    }
}
