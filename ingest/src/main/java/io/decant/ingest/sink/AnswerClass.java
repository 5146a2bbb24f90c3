package io.decant.ingest.sink;

import java.util.Locale;

/** What an answer means for the part that was sent. */
public enum AnswerClass {
    /** The receiver has it. */
    DELIVERED,
    /** A passing failure: the same request again. */
    AGAIN,
    /** An outage that needs an operator: the same request again, and the sink shows as failing. */
    OUTAGE,
    /** The receiver will never take this part as it is. */
    REFUSED;

    /** By default. */
    public static AnswerClass of(Outcome outcome) {
        if (outcome instanceof Outcome.Judged judged) {
            return judged.answer();
        }
        if (!(outcome instanceof Outcome.Answered answer)) {
            return switch (((Outcome.Failed) outcome).kind()) {
                case HEAD_TOO_LARGE, PROXY -> OUTAGE;
                default -> AGAIN;
            };
        }
        return speaksOfIdempotency(answer) ? OUTAGE : ofStatus(answer.status());
    }

    /**
     * Whether the receiver does not like the request's key, rather than its records: it may know the key from another
     * body, sent before a data directory was restored from a copy.
     */
    public static boolean speaksOfIdempotency(Outcome.Answered answer) {
        return answer.status() / 100 == 4
                && answer.bodyStart().toLowerCase(Locale.ROOT).contains("idempotency");
    }

    /**
     * By the status of a request as a whole. What concerns the endpoint, the request's form or who sends it (a
     * path that moved, a proxy that wants a password, a method, length or media type that is not taken) is an outage:
     * it would be said of every record.
     *
     * <p>A status that HTTP does not know (and a 1xx in an answer's place) proves nothing about the part: again.
     */
    static AnswerClass ofStatus(int status) {
        return switch (status) {
            case 408, 409, 423, 425, 429 -> AGAIN;
            case 401, 402, 403, 404, 405, 406, 407, 410, 411, 415, 421, 426, 428, 431, 451, 511 -> OUTAGE;
            default ->
                switch (status / 100) {
                    case 2 -> DELIVERED;
                    case 3 -> OUTAGE;
                    case 4 -> REFUSED;
                    default -> AGAIN;
                };
        };
    }

    /**
     * By the status of one record in an answer that speaks of each. There 401, 403, 404 and 405 still speak of where
     * the record was to go, and hold it back; the other statuses that are an outage of a request concern the record,
     * and refuse it.
     */
    public static AnswerClass ofItem(int status) {
        return switch (status) {
            case 402, 406, 407, 410, 411, 415, 421, 426, 428, 431, 451 -> REFUSED;
            case 511 -> AGAIN;
            default -> ofStatus(status);
        };
    }
}
