package io.decant.offload.json;

import java.io.IOException;

/** A text is not the JSON that was expected; the message names the member. */
public final class JsonFormatException extends IOException {

    public JsonFormatException(String message) {
        super(message);
    }

    JsonFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
