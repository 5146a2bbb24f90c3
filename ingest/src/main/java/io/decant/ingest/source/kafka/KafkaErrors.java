package io.decant.ingest.source.kafka;

import io.decant.config.KafkaSourceSettings;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.RetriableException;

/** Distinguishes an unreachable cluster from one that does not permit reading. */
final class KafkaErrors {

    private KafkaErrors() {}

    /** Has the source's health be what the failure says, or what is known of the cluster's connections. */
    static void tell(RuntimeException failure, KafkaSourceSettings settings, Cluster cluster, SourceHealth health) {
        String diagnosis = diagnosis(failure, cluster);
        if (!diagnosis.isEmpty()) {
            health.become(SourceState.FAILING, diagnosis);
        } else if (isAway(failure)) {
            // Each call of a client has its own text for a missing answer.
            String kind = innermost(failure).getClass().getName();
            health.become(SourceState.AWAY, kind, describe(failure, settings));
        } else {
            health.become(SourceState.FAILING, describe(failure, settings));
        }
    }

    /** The same in one line. */
    static String describe(RuntimeException failure, KafkaSourceSettings settings, Cluster cluster) {
        String diagnosis = diagnosis(failure, cluster);
        return diagnosis.isEmpty() ? describe(failure, settings) : diagnosis;
    }

    private static String diagnosis(RuntimeException failure, Cluster cluster) {
        return isAway(failure) || innermost(failure) instanceof SSLException ? cluster.diagnosis() : "";
    }

    /** The failure in one line. */
    static String describe(RuntimeException failure, KafkaSourceSettings settings) {
        String line = settings.hideSecrets(whole(failure)).lines().findFirst().orElse("");
        return isAway(failure)
                ? "no answer from " + settings.servers() + ": " + line
                : settings.servers() + " cannot be read: " + line;
    }

    /** What the failure says of its cause, in one line. May hold secrets where it is of a property. */
    static String text(Throwable failure) {
        return whole(failure).lines().findFirst().orElse("");
    }

    private static String whole(Throwable failure) {
        Throwable cause = innermost(failure);
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
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
