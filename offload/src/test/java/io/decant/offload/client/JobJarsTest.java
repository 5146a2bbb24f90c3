package io.decant.offload.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.decant.offload.protocol.JobJar;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobJarsTest {

    @TempDir
    Path temp;

    private JobJars jars;

    @AfterEach
    void close() {
        jars.close();
    }

    @Test
    void shouldCopyAJarUnderItsHashForItsOwnerAlone() throws IOException {
        Path jar = write("a.jar", "one");
        jars = new JobJars(copies(), Map.of("words", List.of(jar)));
        JobJar copy = jars.update("words").get(0);
        assertThat(copy.name()).isEqualTo("a.jar");
        assertThat(copy.sha256()).matches("[0-9a-f]{64}");
        assertThat(Path.of(copy.path()))
                .isEqualTo(copies().resolve(copy.sha256()))
                .hasSameBinaryContentAs(jar);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(copy.path()))))
                .isEqualTo("rw-------");
        assertThat(jars.current("words")).containsExactly(copy);
    }

    @Test
    void shouldSeeAJarThatWasReplacedAndKeepWhatABatchNames() throws IOException {
        Path jar = write("a.jar", "one");
        jars = new JobJars(copies(), Map.of("words", List.of(jar)));
        JobJar first = jars.update("words").get(0);
        write("a.jar", "two, and longer");
        JobJar second = jars.update("words").get(0);
        assertThat(second.sha256()).isNotEqualTo(first.sha256());
        assertThat(Path.of(first.path())).exists();
        jars.begins("words", Set.of(first.sha256()));
        assertThat(Path.of(first.path())).exists();
        jars.begins("words", Set.of(second.sha256()));
        assertThat(names()).containsExactly(second.sha256());
    }

    @Test
    void shouldKeepCopiesAsLongAsAnotherSinkIsBehind() throws IOException {
        Path jar = write("a.jar", "one");
        Path other = write("b.jar", "other");
        jars = new JobJars(copies(), Map.of("words", List.of(jar), "keys", List.of(other)));
        JobJar first = jars.update("words").get(0);
        write("a.jar", "two, and longer");
        JobJar second = jars.update("words").get(0);
        JobJar keys = jars.update("keys").get(0);
        jars.begins("words", Set.of(second.sha256()));
        assertThat(Path.of(first.path())).exists();
        jars.begins("keys", Set.of(keys.sha256()));
        assertThat(names()).containsExactlyInAnyOrder(second.sha256(), keys.sha256());
    }

    @Test
    void shouldNotTakeWhatIsNotWhole() throws IOException {
        Path jar = write("a.jar", "one");
        byte[] whole = Files.readAllBytes(jar);
        Files.write(jar, Arrays.copyOf(whole, whole.length - 10));
        jars = new JobJars(copies(), Map.of("words", List.of(jar)));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> jars.update("words"))
                .withMessageStartingWith(jar + " is no jar, or not whole: ");
        Files.delete(jar);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> jars.update("words"))
                .withMessage("there is no " + jar);
        assertThat(names()).isEmpty();
        assertThat(jars.current("words")).isEmpty();
    }

    private Path copies() {
        return temp.resolve("data/jars");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> found = Files.list(copies())) {
            return found.map(path -> path.getFileName().toString()).toList();
        }
    }

    private Path write(String name, String content) throws IOException {
        Path jar = temp.resolve(name);
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream packed = new JarOutputStream(out)) {
            packed.putNextEntry(new JarEntry("content"));
            packed.write(content.getBytes(StandardCharsets.UTF_8));
            packed.closeEntry();
        }
        return jar;
    }
}
