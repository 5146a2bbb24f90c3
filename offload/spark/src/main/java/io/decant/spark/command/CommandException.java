package io.decant.spark.command;

/** The command cannot do what it was asked to; the message is for the person at the terminal. */
public final class CommandException extends Exception {

    public CommandException(String message) {
        super(message);
    }

    public CommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
