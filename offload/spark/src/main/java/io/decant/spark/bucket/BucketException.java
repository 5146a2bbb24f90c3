package io.decant.spark.bucket;

/** The command cannot do what it was asked to; the message is for the person at the terminal. */
public final class BucketException extends Exception {

    BucketException(String message) {
        super(message);
    }
}
