package io.decant.ingest.sink;

/** What an answer's status means for the part that was sent. */
enum AnswerClass {
    /** The receiver has it. */
    DELIVERED,
    /** A passing failure: the same request again. */
    AGAIN,
    /** An outage that somebody has to mend: the same request again, and the sink shows as failing. */
    OUTAGE,
    /** The receiver will never take this part as it is. */
    REFUSED;

    static AnswerClass of(Outcome outcome) {
        if (outcome instanceof Outcome.Answered answer) {
            return ofStatus(answer.status());
        }
        return ((Outcome.Failed) outcome).kind() == Outcome.Kind.HEAD_TOO_LARGE ? OUTAGE : AGAIN;
    }

    /** A status that HTTP does not know (and a 1xx in an answer's place) proves nothing about the part: again. */
    static AnswerClass ofStatus(int status) {
        return switch (status) {
            case 408, 409, 425, 429 -> AGAIN;
            case 401, 403, 404, 405 -> OUTAGE;
            default ->
                switch (status / 100) {
                    case 2 -> DELIVERED;
                    case 3 -> OUTAGE;
                    case 4 -> REFUSED;
                    default -> AGAIN;
                };
        };
    }
}
