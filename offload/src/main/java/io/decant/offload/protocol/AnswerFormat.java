package io.decant.offload.protocol;

import io.decant.offload.json.Json;
import io.decant.offload.json.JsonFormatException;

/** An answer as a line, and back. */
public final class AnswerFormat {

    private AnswerFormat() {}

    /** The line, without its end. */
    public static String line(DriverAnswer answer) {
        return Json.text(answer);
    }

    /**
     * Reads a line.
     *
     * @throws JsonFormatException when it is no answer
     */
    public static DriverAnswer parse(String line) throws JsonFormatException {
        return Json.read(line, DriverAnswer.class);
    }
}
