package io.decant.ingest.source;

import java.util.Objects;

/**
 * Why a connection takes no more.
 *
 * @param refusal what the client is told, or null where it is not refused: it ended its input, fell silent, or is gone
 * @param text one line of reason, for the client of a refusal and for the log
 */
record Ending(Refusal refusal, String text) {

    static final Ending INPUT_ENDED = new Ending(null, "the client ended its input");
    static final Ending LOST = new Ending(null, "the connection was lost");
    static final Ending IDLE = new Ending(null, "nothing came for idle-timeout");

    Ending {
        Objects.requireNonNull(text, "text");
    }

    boolean isRefusal() {
        return refusal != null;
    }

    @Override
    public String toString() {
        return refusal == null ? text : refusal.code() + ": " + text;
    }
}
