package io.decant.ingest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.admin.ServerStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImportProgressTest {

    private static ServerStatus.Table table(long rows, long about, String error) {
        return new ServerStatus.Table("reading", rows, about, 16, 3, error, "");
    }

    @Test
    void shouldSayHowFarItIsAndHowLongItTakes() {
        assertThat(ImportProgress.line(List.of(table(1_500, 2_000, ""), table(0, 1_000, "")), 500, 2))
                .isEqualTo("imported 1,500 of about 3,000 rows, 500/s, 3 s left");
        assertThat(ImportProgress.line(List.of(table(1_000, 101_000, "")), 0, 1))
                .isEqualTo("imported 1,000 of about 101,000 rows, 1,000/s, 1 min 40 s left");
    }

    /** The plan's rows are an estimate, and nothing may come for a while. */
    @Test
    void shouldGuessAtNothing() {
        assertThat(ImportProgress.line(List.of(table(1_200, 1_000, "")), 200, 1))
                .isEqualTo("imported 1,200 of about 1,000 rows, 1,000/s");
        assertThat(ImportProgress.line(List.of(table(5, 10, "range t/0: away")), 5, 9))
                .isEqualTo("imported 5 of about 10 rows, 0/s; range t/0: away");
        assertThat(ImportProgress.line(List.of(), 0, 0)).isEqualTo("imported 0 of about 0 rows, 0/s");
    }
}
