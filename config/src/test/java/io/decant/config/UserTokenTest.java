package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The token of a user: its forms, its file, and that it never shows. */
class UserTokenTest {

    @TempDir
    Path folder;

    private static UserToken text(String token) {
        return new UserToken(new Secret(token), Optional.empty());
    }

    private UserToken file(String content) throws IOException {
        Path file = folder.resolve("token-" + Integer.toHexString(content.hashCode()));
        return new UserToken(Secret.NONE, Optional.of(Files.writeString(file, content)));
    }

    @Test
    void shouldBeTheSameAsTextAsHashAndInAFile() throws IOException {
        // printf %s abc | sha256sum
        String hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        byte[] digest = HexFormat.of().parseHex(hash);

        assertThat(text("abc").digest()).isEqualTo(digest);
        assertThat(text("sha256:" + hash).digest()).isEqualTo(digest);
        assertThat(text("SHA256:" + hash.toUpperCase(Locale.ROOT)).digest()).isEqualTo(digest);
        assertThat(file("abc\n").digest()).isEqualTo(digest);
        assertThat(file("sha256:" + hash + "\r\n").digest()).isEqualTo(digest);
    }

    @Test
    void shouldBeReadFromTheFileAsItIsNow() throws IOException {
        UserToken token = file("abc");
        Files.writeString(token.file().orElseThrow(), "abd");

        assertThat(token.digest()).isEqualTo(text("abd").digest());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "two words",
                "tab\t",
                "caf\u00e9",
                "sha256:ba78",
                "sha256:zz7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0",
                "sha256:E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "<hidden>"
            })
    void shouldBeRefusedWithoutBeingShown(String token) throws IOException {
        assertThatThrownBy(() -> UserToken.TYPE.check(new Secret(token)))
                .isInstanceOf(InvalidValue.class)
                .message()
                .doesNotContain(token);
        assertThatThrownBy(() -> file(token).digest())
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("token-file " + folder)
                .message()
                .doesNotContain(token);
    }

    @Test
    void shouldHaveABoundedLength() throws IOException {
        String longest = "x".repeat(UserToken.CHARS_MAX);

        UserToken.TYPE.check(new Secret(longest));
        assertThatThrownBy(() -> UserToken.TYPE.check(new Secret(longest + "x")))
                .isInstanceOf(InvalidValue.class);
        assertThatThrownBy(() -> file(longest + "x").digest()).isInstanceOf(IOException.class);
    }

    @Test
    void shouldStandInExactlyOnePlace() throws IOException {
        assertThat(new UserToken(Secret.NONE, Optional.empty()).conflicts("users.a", List.of()))
                .singleElement()
                .isEqualTo(
                        new Conflict(Map.of("users.a.token", ""), "is required", "give it a value, or set token-file"));
        assertThat(new UserToken(Secret.NONE, Optional.empty()).conflicts("users.a", List.of("certificate")))
                .isEmpty();
        assertThat(new UserToken(new Secret("s3cret"), Optional.of(Path.of("/x"))).conflicts("users.a", List.of()))
                .singleElement()
                .satisfies(conflict -> assertThat(conflict.text()).isEqualTo("is set together with token"))
                .satisfies(conflict -> assertThat(conflict.toString()).doesNotContain("s3cret"));
        assertThat(text("abc").conflicts("users.a", List.of())).isEmpty();
    }

    @Test
    void shouldBelongToOneUserAlone() throws IOException {
        Map<String, UserToken> users = new LinkedHashMap<>();
        users.put("a", text("s3cret"));
        users.put("b", text("another"));
        users.put("c", file("s3cret\n"));

        assertThat(UserToken.fileConflicts("users", users))
                .singleElement()
                .satisfies(conflict -> assertThat(conflict.text())
                        .isEqualTo("is the same token as users.a.token: nobody could tell these users apart"))
                .satisfies(conflict -> assertThat(conflict.values()).containsOnlyKeys("users.c.token-file"))
                .satisfies(conflict -> assertThat(conflict.toString()).doesNotContain("s3cret"));
    }

    @Test
    void shouldSayWhichFileCannotBeUsed() throws IOException {
        Path missing = folder.resolve("missing");
        Map<String, UserToken> users = new LinkedHashMap<>();
        users.put("a", new UserToken(Secret.NONE, Optional.of(missing)));
        users.put("b", file("\n"));

        assertThat(UserToken.fileConflicts("users", users))
                .extracting(Conflict::text)
                .containsExactly("does not exist", "is empty");
        assertThat(UserToken.fileConflicts("users", users).get(0).values())
                .isEqualTo(Map.of("users.a.token-file", missing.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a.b", "a:b", "a/b", "ä"})
    void shouldRefuseOtherNames(String name) {
        assertThatThrownBy(() -> UserToken.names().accept(name)).isInstanceOf(InvalidValue.class);
    }

    @Test
    void shouldTakeNamesOfMachines() {
        UserToken.names().accept("edge-7");
        UserToken.names().accept("x".repeat(64));
        assertThatThrownBy(() -> UserToken.names().accept("x".repeat(65))).isInstanceOf(InvalidValue.class);
    }

    @Test
    void shouldNotShow() {
        assertThat(text("s3cret")).hasToString("UserToken[token=<hidden>, file=Optional.empty]");
    }
}
