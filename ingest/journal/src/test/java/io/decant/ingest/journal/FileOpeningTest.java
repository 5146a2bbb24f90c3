package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileOpeningTest {

    @ParameterizedTest
    @ValueSource(strings = {"Too many open files", "Too many open files in system"})
    void shouldTryAgainWhileThereAreNoDescriptors(String reason) throws IOException {
        AtomicInteger tries = new AtomicInteger();
        String opened = FileOpening.retried(() -> {
            if (tries.incrementAndGet() < 5) {
                throw new FileSystemException("journal/1.cq4", null, reason);
            }
            return "opened";
        });
        assertThat(opened).isEqualTo("opened");
        assertThat(tries).hasValue(5);
    }

    @Test
    void shouldTryNothingElseAgain() {
        for (IOException failure : new IOException[] {
            new NoSuchFileException("a"),
            new AccessDeniedException("a"),
            new IOException("Input/output error"),
            new FileSystemException("a", null, "Input/output error")
        }) {
            AtomicInteger tries = new AtomicInteger();
            assertThatThrownBy(() -> FileOpening.retried(() -> {
                        tries.incrementAndGet();
                        throw failure;
                    }))
                    .isSameAs(failure);
            assertThat(tries).hasValue(1);
        }
    }
}
