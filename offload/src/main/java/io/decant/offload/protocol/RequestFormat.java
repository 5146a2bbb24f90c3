package io.decant.offload.protocol;

import io.decant.offload.json.Json;
import io.decant.offload.json.JsonFormatException;

/** A request as a line, and back. */
public final class RequestFormat {

    private RequestFormat() {}

    /** The line, without its end. */
    public static String line(DriverRequest request) {
        return Json.text(request);
    }

    /**
     * Reads a line.
     *
     * @throws JsonFormatException when it is no request
     */
    public static DriverRequest parse(String line) throws JsonFormatException {
        return Json.read(line, DriverRequest.class);
    }
}
