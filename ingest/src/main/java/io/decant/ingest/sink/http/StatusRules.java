package io.decant.ingest.sink.http;

import io.decant.ingest.sink.AnswerClass;
import io.decant.ingest.sink.Outcome;
import java.util.Collection;
import java.util.Set;

/**
 * What an answer to a request means where the settings say otherwise than {@link AnswerClass}. An answer about the
 * idempotency key never refuses records. What is said of single records keeps its meaning. Immutable; any thread.
 */
final class StatusRules {

    private final Set<Integer> retried;
    private final Set<Integer> refused;

    /** @param refused has none of {@code retried} */
    StatusRules(Collection<Integer> retried, Collection<Integer> refused) {
        this.retried = Set.copyOf(retried);
        this.refused = Set.copyOf(refused);
    }

    AnswerClass classify(Outcome outcome) {
        if (outcome instanceof Outcome.Answered answer && !AnswerClass.speaksOfIdempotency(answer)) {
            if (retried.contains(answer.status())) {
                return AnswerClass.AGAIN;
            }
            if (refused.contains(answer.status())) {
                return AnswerClass.REFUSED;
            }
        }
        return AnswerClass.of(outcome);
    }
}
