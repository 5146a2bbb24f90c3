package io.decant.ingest.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminTokenTest {

    private final SecureRandom random = new SecureRandom();

    @TempDir
    Path dataDir;

    @Test
    void shouldHoldTheTokenAloneReadableForItsUserAlone() throws IOException {
        Secret token = AdminToken.in(dataDir).make(random);

        assertThat(file()).hasContent(token.reveal() + "\n");
        assertThat(token.reveal()).matches("[A-Za-z0-9_-]{43}");
        assertThat(mode()).isEqualTo("rw-------");
        assertThat(dataDir).isDirectoryNotContaining("glob:**.tmp");
        assertThat(AdminToken.read(dataDir)).contains(token);
        assertThat(token).hasToString(Secret.HIDDEN);
    }

    /** Those files are as a killed server, or somebody else, may have left them. */
    @Test
    void shouldMakeAnotherAtEachStartWhateverIsThere() throws IOException {
        Secret first = AdminToken.in(dataDir).make(random);
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));
        Path left = Files.writeString(dataDir.resolve("admin.token.tmp"), "left");
        Files.setPosixFilePermissions(left, PosixFilePermissions.fromString("rw-rw-rw-"));

        Secret second = AdminToken.in(dataDir).make(random);

        assertThat(second).isNotEqualTo(first);
        assertThat(AdminToken.read(dataDir)).contains(second);
        assertThat(mode()).isEqualTo("rw-------");
        assertThat(left).doesNotExist();
    }

    @Test
    void shouldBeRemovedAtTheEndAndNotBeFoundThen() throws IOException {
        AdminToken token = AdminToken.in(dataDir);
        token.make(random);

        token.close();

        assertThat(file()).doesNotExist();
        assertThat(AdminToken.read(dataDir)).isEmpty();
    }

    @Test
    void shouldTakeAnEmptyFileForNone() throws IOException {
        Files.writeString(file(), "\n");

        assertThat(AdminToken.read(dataDir)).isEmpty();
    }

    /** A folder in the place of the file: the server starts all the same. */
    @Test
    void shouldHaveATokenWhereTheDiskDoesNotTakeIt() throws IOException {
        AdminToken token = AdminToken.in(dataDir);
        Files.createDirectories(file().resolve("in-the-way"));

        assertThat(token.make(random).isEmpty()).isFalse();
    }

    private Path file() {
        return dataDir.resolve("admin.token");
    }

    private String mode() throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file()));
    }
}
