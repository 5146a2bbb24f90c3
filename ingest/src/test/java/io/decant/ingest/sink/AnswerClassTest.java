package io.decant.ingest.sink;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswerClassTest {

    /** The receiver has answered, and would answer the same again. */
    @Test
    void shouldTreatAHeaderThatIsTooLargeAsAnOutage() {
        assertThat(AnswerClass.of(new Outcome.Failed(Outcome.Kind.HEAD_TOO_LARGE, "200, and a large header")))
                .isEqualTo(AnswerClass.OUTAGE);
    }

    @Test
    void shouldRetryWhereThereWasNoAnswer() {
        assertThat(AnswerClass.of(new Outcome.Failed(Outcome.Kind.TIMEOUT, "no answer")))
                .isEqualTo(AnswerClass.AGAIN);
    }
}
