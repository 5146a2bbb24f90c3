package io.decant.spark.driver;

import io.decant.offload.protocol.AnswerFormat;
import io.decant.offload.protocol.DriverAnswer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Where answers go, a line each. Any thread. */
public final class Answers {

    private final OutputStream out;

    public Answers(OutputStream out) {
        this.out = out;
    }

    /** @throws DriverException when nobody reads any more */
    synchronized void send(DriverAnswer answer) {
        try {
            out.write((AnswerFormat.line(answer) + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new DriverException("the server no longer reads the answers", e);
        }
    }

    /** Ends the driver process: it and its server have lost each other, or do not understand each other. */
    public static final class DriverException extends RuntimeException {

        DriverException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
