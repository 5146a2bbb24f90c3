package io.decant.spark.driver;

/** Ends the driver process: it and its server have lost each other, or do not understand each other. */
public final class DriverException extends RuntimeException {

    DriverException(String message, Throwable cause) {
        super(message, cause);
    }
}
