package io.decant.spark.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JobReportTest {

    @Test
    void shouldShowTheFirstStagesAndTheLineOfAll() {
        int stages = JobReport.STAGES_SHOWN_MAX + 3;
        List<String> shown = JobReport.shown(table(stages));
        assertThat(shown).hasSize(JobReport.STAGES_SHOWN_MAX + 2);
        assertThat(shown.get(JobReport.STAGES_SHOWN_MAX - 1)).isEqualTo("stage " + JobReport.STAGES_SHOWN_MAX);
        assertThat(shown.get(JobReport.STAGES_SHOWN_MAX)).isEqualTo("... 3 more");
        assertThat(shown.get(JobReport.STAGES_SHOWN_MAX + 1)).isEqualTo("executors");
    }

    @Test
    void shouldShowAllOfAsManyAsThereIsRoomFor() {
        List<String> all = table(JobReport.STAGES_SHOWN_MAX);
        assertThat(JobReport.shown(all)).isEqualTo(all);
        assertThat(JobReport.shown(List.of())).isEmpty();
    }

    @Test
    void shouldCutLongLinesAndShowNoControlCharacters() {
        assertThat(JobReport.shown(List.of("x".repeat(JobReport.LINE_CHARS_MAX + 1), "a\nb")))
                .containsExactly("x".repeat(JobReport.LINE_CHARS_MAX) + "...", "a\\nb");
    }

    private static List<String> table(int stages) {
        List<String> lines = new ArrayList<>(IntStream.rangeClosed(1, stages)
                .mapToObj(stage -> "stage " + stage)
                .toList());
        lines.add("executors");
        return lines;
    }
}
