package io.decant.loadtest.cases;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That every kind of step is measured and what comes out is checked; not how fast it is. */
class RealCaseTest {

    @TempDir
    Path temp;

    @Test
    void shouldMeasureEveryKindOfStepAndVerifyWhatComesOut() throws IOException {
        CaseReport report = run(Optional.empty());

        assertThat(report.verified()).as(report.toString()).isTrue();
        assertThat(report.rows())
                .extracting(row -> row.what().replaceFirst(":.*", ""))
                .contains(
                        "split",
                        "keep",
                        "drop",
                        "trim",
                        "lower",
                        "csv-pick",
                        "replace",
                        "extract",
                        "json-each",
                        "json-pick",
                        "json-set",
                        "json-rename",
                        "json-remove",
                        "json-hash");
        assertThat(report.rows())
                .allSatisfy(
                        row -> assertThat(row.ratio().orElseThrow().median()).isPositive());
        assertThat(report.rows().stream()
                        .filter(row -> row.target().isPresent())
                        .map(Row::what))
                .containsExactly("split: \" \"", "keep: \"regex:\"");
        assertThat(report.rows().stream().flatMap(row -> row.against().stream()))
                .contains("the words as lines");
    }

    @Test
    void shouldReadAFileInPlaceOfMadeLines() throws IOException {
        Path file = Files.writeString(temp.resolve("lines"), "to be\nor not\n\nto  be\n");

        CaseReport report = run(Optional.of(file));

        assertThat(report.verified()).as(report.toString()).isTrue();
        assertThat(report.notes()).first().asString().contains("lines of lines, over and over");
        // 500 times two, two, one and three pieces: an empty line is one.
        assertThat(report.checks()).first().asString().startsWith("split: \" \": 4,000 records of ");
    }

    private CaseReport run(Optional<Path> lines) throws IOException {
        return new RealCase(2_000, false)
                .run(new LoadTest(
                        temp,
                        Optional.empty(),
                        lines,
                        Optional.empty(),
                        Optional.empty(),
                        temp,
                        null,
                        1,
                        OptionalInt.empty(),
                        1,
                        what -> {}));
    }
}
