package io.decant.offload.staging;

import java.io.IOException;

/** A file of a staged batch or of a job's output is not what it should be: cut off, changed, or of another version. */
public final class StagingFormatException extends IOException {

    public StagingFormatException(String message) {
        super(message);
    }
}
