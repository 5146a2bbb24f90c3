package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.LogLines;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningMarkTest {

    @TempDir
    Path folder;

    private RunningMark begun() {
        RunningMark mark = new RunningMark("clicks", folder);
        mark.begin();
        return mark;
    }

    @Test
    void shouldTellAnEndThatNobodyWantedFromOneThatWasAsItShouldBe() {
        assertThat(begun().wasLeft()).as("the first start").isFalse();
        RunningMark afterKill = begun();
        assertThat(afterKill.wasLeft()).isTrue();
        afterKill.end();
        assertThat(begun().wasLeft()).isFalse();
    }

    /** A partition was stopped, maybe, and the server ended as it should. */
    @Test
    void shouldSayNoMoreThanWhatAFileThatWasLeftTells() {
        begun();
        try (LogLines lines = new LogLines(KafkaSource.class)) {
            begun();
            assertThat(lines.told())
                    .singleElement()
                    .asString()
                    .contains("was killed, or ended with a stopped partition");
        }
    }

    @Test
    void shouldNotKeepASourceFromReadingWhereItsFolderIsNotThere() {
        RunningMark mark = new RunningMark("clicks", folder.resolve("nowhere"));
        mark.begin();
        mark.end();
        assertThat(mark.wasLeft()).isFalse();
    }
}
