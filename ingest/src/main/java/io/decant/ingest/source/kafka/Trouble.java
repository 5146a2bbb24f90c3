package io.decant.ingest.source.kafka;

import io.decant.config.KafkaSourceSettings;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.RetriableException;

/** Tells a cluster that is away from one that does not let us read. */
final class Trouble {

    private Trouble() {}

    static void tell(RuntimeException failure, KafkaSourceSettings settings, SourceHealth health) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        // Clients find out that no host is known before they try one.
        boolean isAway = failure instanceof RetriableException
                || cause instanceof RetriableException
                || (cause instanceof ConfigException && String.valueOf(cause.getMessage()).contains("bootstrap"));
        String why = oneLine(cause);
        if (isAway) {
            health.become(SourceState.AWAY, "no answer from " + settings.servers() + ", tried again for ever: " + why);
        } else {
            health.become(SourceState.FAILING, settings.servers() + " does not let us read, tried again for ever: " + why);
        }
    }

    private static String oneLine(Throwable cause) {
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return text.lines().findFirst().orElse("");
    }
}
