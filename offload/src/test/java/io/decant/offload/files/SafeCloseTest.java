package io.decant.offload.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.config.FileCompression;
import io.decant.offload.layout.PartWriter;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafeCloseTest {

    private final IOException failure = new IOException("quota exceeded");

    @Test
    void shouldThrowWhatWentWrongThoughTheCloseThrowsTheSameInstance() {
        assertThatThrownBy(() -> SafeClose.afterTask(
                        () -> {
                            throw failure;
                        },
                        () -> {
                            throw failure;
                        }))
                .isSameAs(failure)
                .hasNoSuppressedExceptions();
    }

    @Test
    void shouldAddAnotherExceptionOfTheClose() {
        IOException other = new IOException("closing");
        assertThatThrownBy(() -> SafeClose.afterTask(
                        () -> {
                            throw other;
                        },
                        () -> {
                            throw failure;
                        }))
                .isSameAs(failure)
                .hasSuppressedException(other);
    }

    @Test
    void shouldThrowWhatTheCloseThrowsWhereNothingElseWentWrong() {
        assertThatThrownBy(() -> SafeClose.after(
                        () -> {
                            throw failure;
                        },
                        () -> 1))
                .isSameAs(failure);
    }

    /** As HDFS's stream does. */
    @ParameterizedTest
    @EnumSource(FileCompression.class)
    void shouldKeepTheFailureOfAPartWhoseStreamThrowsItAgain(FileCompression compression) {
        SyncedOutput full = new SyncedOutput() {
            @Override
            public void write(byte[] from, int offset, int length) throws IOException {
                throw failure;
            }

            @Override
            public void sync() throws IOException {
                throw failure;
            }

            @Override
            public void close() throws IOException {
                throw failure;
            }
        };
        assertThatThrownBy(() -> {
                    PartWriter part = new PartWriter(full, compression);
                    SafeClose.after(part::close, () -> {
                        part.write(new byte[1 << 20], 0, 1 << 20, 1);
                        return part.finish();
                    });
                })
                .isSameAs(failure);
        assertThat(failure.getSuppressed()).doesNotContain(failure);
    }
}
