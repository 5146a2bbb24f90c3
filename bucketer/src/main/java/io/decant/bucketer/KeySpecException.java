package io.decant.bucketer;

/** A text that does not say where the key is; the message says what is wrong, and the way out. */
public final class KeySpecException extends IllegalArgumentException {

    private final String text;
    private final String wayOut;

    /**
     * @param text what is wrong
     * @param wayOut what can stand there; empty where the text says it
     */
    KeySpecException(String text, String wayOut) {
        super(wayOut.isEmpty() ? text : text + "; " + wayOut);
        this.text = text;
        this.wayOut = wayOut;
    }

    KeySpecException(String text, Throwable cause) {
        super(text, cause);
        this.text = text;
        this.wayOut = "";
    }

    public String text() {
        return text;
    }

    public String wayOut() {
        return wayOut;
    }
}
