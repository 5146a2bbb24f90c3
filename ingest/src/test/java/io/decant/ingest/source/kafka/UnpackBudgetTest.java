package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class UnpackBudgetTest {

    private final UnpackBudget budget = new UnpackBudget(100);

    @Test
    void shouldLetTheFirstRecordOfAPollPassHoweverLargeKeyAndValueAre() {
        Headers first = new RecordHeaders();
        budget.take(90, first);
        assertThatCode(() -> budget.take(1_000, first)).doesNotThrowAnyException();
        assertThatThrownBy(() -> budget.take(1, new RecordHeaders())).isInstanceOf(SerializationException.class);
    }

    @Test
    void shouldTakeTheRefusedRecordAtTheNextPoll() {
        budget.take(60, new RecordHeaders());
        assertThatThrownBy(() -> budget.take(60, new RecordHeaders())).isInstanceOf(SerializationException.class);
        budget.renew();
        assertThatCode(() -> budget.take(60, new RecordHeaders())).doesNotThrowAnyException();
    }

    @Test
    void shouldCountHeadersOnceARecord() {
        Headers headers = new RecordHeaders().add("name", new byte[40]);
        budget.take(10, headers);
        budget.take(10, headers);
        assertThatCode(() -> budget.take(36, new RecordHeaders())).doesNotThrowAnyException();
        assertThatThrownBy(() -> budget.take(1, new RecordHeaders())).isInstanceOf(SerializationException.class);
    }
}
