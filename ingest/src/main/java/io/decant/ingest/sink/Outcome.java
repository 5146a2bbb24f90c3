package io.decant.ingest.sink;

import java.util.Objects;

/** What became of one request. */
public sealed interface Outcome {

    /** Most bytes of an answer's body that are kept, to say why a part was refused. */
    int BODY_START_BYTES_MAX = 1 << 10;

    /**
     * The receiver answered.
     *
     * @param status the HTTP status
     * @param retryAfter value of the {@code Retry-After} header as it came; empty where there is none
     * @param bodyStart the first bytes of the answer's body, at most {@link #BODY_START_BYTES_MAX}, as UTF-8
     * @param items what it says of each record, or that it says something of them which is not understood; null where a
     *     200 or 207 says nothing of errors, and with any other status
     */
    record Answered(int status, String retryAfter, String bodyStart, Items items) implements Outcome {

        public Answered {
            Objects.requireNonNull(retryAfter, "retryAfter");
            Objects.requireNonNull(bodyStart, "bodyStart");
        }

        /** An answer to the part as a whole. */
        public Answered(int status, String retryAfter, String bodyStart) {
            this(status, retryAfter, bodyStart, null);
        }
    }

    /**
     * There was no whole answer. Whether the receiver has the part cannot be known: only the same request, with the
     * same key, may follow.
     *
     * @param message what happened, in one line, without secrets
     */
    record Failed(Kind kind, String message) implements Outcome {

        public Failed {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(message, "message");
        }
    }

    /**
     * There is an answer of another kind than HTTP's, and it is known what it means.
     *
     * @param kind of what failed, without what differs from one request to the next; empty for
     *     {@link AnswerClass#DELIVERED}
     * @param message what was said, without secrets; empty for {@link AnswerClass#DELIVERED}
     */
    record Judged(AnswerClass answer, String kind, String message) implements Outcome {

        /** The part is taken. */
        public static final Judged DELIVERED = new Judged(AnswerClass.DELIVERED, "", "");

        public Judged {
            Objects.requireNonNull(answer, "answer");
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(message, "message");
        }
    }

    /** Why there was no answer. */
    enum Kind {
        /** The answer was not complete within the sink's timeout. */
        TIMEOUT("timeout"),
        /** The host's name has no address. */
        DNS("name not resolved"),
        /** No connection: refused, unreachable. */
        CONNECT("cannot connect"),
        /** A proxy does not make a tunnel for us: needs an operator. */
        PROXY("refused by the proxy"),
        /** The connection ended before the answer did. */
        RESET("connection lost"),
        /** No trust in the receiver, or no common cipher. */
        TLS("TLS failed"),
        /** What came back was not HTTP. */
        PROTOCOL("not HTTP"),
        /** What came back was HTTP, but no certain answer to the request. */
        UNUSABLE("unusable answer"),
        /** The status line or the header of a success is longer than is read: needs an operator. */
        HEAD_TOO_LARGE("answer too large"),
        /** The transport was closed. */
        CLOSED("closed");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }
}
