package io.decant.spark.userjob;

/** A job of the user's own cannot be loaded, or failed. The message is one line for a person; the cause says where. */
public final class UserJobException extends Exception {

    UserJobException(String message, Throwable cause) {
        super(message, cause);
    }
}
