package io.decant.offload.client;

/** A batch was not split. It may be handed in again. */
public final class OffloadException extends Exception {

    private final boolean permanent;

    /** @param message for a person, in one line */
    public OffloadException(String message) {
        this(message, false, null);
    }

    /** @param permanent whether the same would happen again: what is staged cannot be read */
    public OffloadException(String message, boolean permanent, Throwable cause) {
        super(message, cause);
        this.permanent = permanent;
    }

    /** Whether the batch must be staged anew before it is handed in again. */
    public boolean isPermanent() {
        return permanent;
    }
}
