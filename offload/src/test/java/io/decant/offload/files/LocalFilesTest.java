package io.decant.offload.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFilesTest {

    @TempDir
    Path temp;

    private BatchFiles open() throws IOException {
        return BatchFiles.connect(temp.resolve("root").toUri(), Optional.empty());
    }

    private static void write(BatchFiles files, String path, String text) throws IOException {
        try (SyncedOutput out = files.create(path)) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.write(bytes, 0, bytes.length);
            out.write('!');
            out.sync();
        }
    }

    @Test
    void shouldHaveADirectoryAppearWhole() throws IOException {
        try (BatchFiles files = open()) {
            assertThat(files.exists("")).isFalse();
            write(files, "_staging/x/a/one", "1");
            write(files, "_staging/x/b/two", "2");
            files.publish("_staging/x", "deep/down/batch");

            assertThat(files.list("deep/down/batch")).containsExactly("a", "b");
            assertThat(files.exists("_staging/x")).isFalse();
            try (InputStream in = files.open("deep/down/batch/b/two")) {
                assertThat(in.readAllBytes()).asString().isEqualTo("2!");
            }
        }
    }

    @Test
    void shouldReplaceNothing() throws IOException {
        try (BatchFiles files = open()) {
            write(files, "_staging/x/a", "new");
            write(files, "full/a", "old");
            Files.createDirectories(temp.resolve("root/empty"));

            assertThatThrownBy(() -> files.publish("_staging/x", "full"))
                    .isInstanceOf(FileAlreadyExistsException.class);
            assertThatThrownBy(() -> files.publish("_staging/x", "empty"))
                    .isInstanceOf(FileAlreadyExistsException.class);
            assertThatThrownBy(() -> files.publish("_staging/x", "full/a"))
                    .isInstanceOf(FileAlreadyExistsException.class);
            assertThatThrownBy(() -> files.create("full/a")).isInstanceOf(FileAlreadyExistsException.class);
            assertThat(temp.resolve("root/full/a")).hasContent("old!");
        }
    }

    @Test
    void shouldTakeWhatIsMissingForNothing() throws IOException {
        try (BatchFiles files = open()) {
            assertThat(files.list("nowhere")).isEmpty();
            files.delete("nowhere");
            assertThatThrownBy(() -> files.open("nowhere")).isInstanceOf(FileNotFoundException.class);

            write(files, "a/b/c", "x");
            files.delete("a");
            assertThat(files.exists("a")).isFalse();
        }
    }
}
