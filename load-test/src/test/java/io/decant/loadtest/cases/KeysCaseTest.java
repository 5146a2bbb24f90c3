package io.decant.loadtest.cases;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Row;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That several keys are measured and what comes out is checked; not how fast it is. */
class KeysCaseTest {

    @TempDir
    Path temp;

    @Test
    void shouldMeasureSeveralKeysAndVerifyTheirBuckets() {
        CaseReport report = new KeysCase(20_000)
                .run(new LoadTest(
                        temp,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        temp,
                        null,
                        2,
                        OptionalInt.empty(),
                        1,
                        what -> {}));

        assertThat(report.verified()).as(report.toString()).isTrue();
        assertThat(report.checks()).hasSize(2).allSatisfy(check -> assertThat(check)
                .contains("20,000 records in "));
        assertThat(report.rows().stream()
                        .filter(row -> row.target().isPresent())
                        .map(Row::what))
                .containsExactly("two keys", "three keys");
        assertThat(report.rows())
                .allSatisfy(row -> assertThat(row.ours().median()).isNotNegative());
        assertThat(report.rows())
                .filteredOn(row -> row.what().endsWith("by one thread alone"))
                .hasSize(4)
                .allSatisfy(row -> assertThat(row.ours().median()).isPositive());
    }
}
