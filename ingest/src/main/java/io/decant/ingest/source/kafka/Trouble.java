package io.decant.ingest.source.kafka;

import io.decant.config.KafkaSourceSettings;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.RetriableException;

/** Tells a cluster that is away from one that does not let us read. */
final class Trouble {

    private Trouble() {}

    /** Has the source's health be what the failure says. */
    static void tell(RuntimeException failure, KafkaSourceSettings settings, SourceHealth health) {
        health.become(isAway(failure) ? SourceState.AWAY : SourceState.FAILING, describe(failure, settings));
    }

    /** The failure in one line. */
    static String describe(RuntimeException failure, KafkaSourceSettings settings) {
        Throwable cause = innermost(failure);
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        String line = settings.hideSecrets(text).lines().findFirst().orElse("");
        return isAway(failure)
                ? "no answer from " + settings.servers() + ": " + line
                : settings.servers() + " cannot be read: " + line;
    }

    private static boolean isAway(RuntimeException failure) {
        Throwable cause = innermost(failure);
        // Clients find out that no host is known before they try one.
        boolean isUnknownHost = cause instanceof ConfigException
                && String.valueOf(cause.getMessage()).contains("bootstrap");
        return failure instanceof RetriableException || cause instanceof RetriableException || isUnknownHost;
    }

    private static Throwable innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
