package io.decant.ingest.sink.http;

import io.decant.ingest.sink.Outcome;
import java.util.List;

/** Answers as a transport reads them, from the bytes of a body. */
public final class TestAnswers {

    private TestAnswers() {}

    /**
     * @param coding value of {@code Content-Encoding}; empty: there is none
     * @param pieces of the body, as they come
     */
    public static Outcome.Answered read(int status, String coding, List<byte[]> pieces) {
        try (AnswerBody body = new AnswerBody(status, coding.isEmpty() ? List.of() : List.of(coding))) {
            for (byte[] piece : pieces) {
                if (!body.feed(piece)) {
                    return body.cut("");
                }
            }
            return body.end("");
        }
    }
}
