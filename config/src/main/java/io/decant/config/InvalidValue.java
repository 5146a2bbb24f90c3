package io.decant.config;

/**
 * Why a value is refused, and the way out, neither of them quoting the value: the code that catches this knows whether
 * it may be shown.
 */
final class InvalidValue extends IllegalArgumentException {
    private final String text;
    private final String wayOut;

    /**
     * @param text what is wrong, read after the value: {@code is not a size}
     * @param wayOut what to do about it, empty where the text says it
     */
    InvalidValue(String text, String wayOut) {
        super(wayOut.isEmpty() ? text : text + "; " + wayOut);
        this.text = text;
        this.wayOut = wayOut;
    }

    String text() {
        return text;
    }

    String wayOut() {
        return wayOut;
    }
}
