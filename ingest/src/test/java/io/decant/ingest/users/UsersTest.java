package io.decant.ingest.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.config.Secret;
import io.decant.config.UserToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose token it is, if it is anybody's. */
class UsersTest {

    @TempDir
    Path folder;

    private static UserToken token(String text) {
        return new UserToken(new Secret(text), Optional.empty());
    }

    private static Users users() throws UsersException {
        Map<String, UserToken> tokens = new LinkedHashMap<>();
        tokens.put("edge-7", token("open-sesame"));
        // printf %s abc | sha256sum
        tokens.put("edge-8", token("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        tokens.put("by-certificate", new UserToken(Secret.NONE, Optional.empty()));
        return Users.of("source in", tokens);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(bytes(credentials));
    }

    @Test
    void shouldFindTheUserOfAToken() throws UsersException {
        assertThat(users().ofToken(bytes("open-sesame"))).contains("edge-7");
        assertThat(users().ofToken(bytes("abc"))).contains("edge-8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "open-sesam",
                "open-sesame ",
                "Open-sesame",
                "edge-7",
                "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            })
    void shouldFindNobodyForAnotherToken(String token) throws UsersException {
        assertThat(users().ofToken(bytes(token))).isEmpty();
        assertThat(users().ofAuthorization("Bearer " + token.stripTrailing() + "x"))
                .isEmpty();
    }

    @Test
    void shouldFindNobodyForATokenOfAMebibyte() throws UsersException {
        byte[] token = bytes("x".repeat(1 << 20));

        assertThat(users().ofToken(token)).isEmpty();
        assertThat(users().ofAuthorization("Bearer " + "x".repeat(1 << 20))).isEmpty();
        assertThat(users().ofAuthorization(basic("edge-7:" + "x".repeat(1 << 20))))
                .isEmpty();
    }

    @Test
    void shouldReadTheHeaderAuthorization() throws UsersException {
        assertThat(users().ofAuthorization("Bearer open-sesame")).contains("edge-7");
        assertThat(users().ofAuthorization("bearer  open-sesame")).contains("edge-7");
        assertThat(users().ofAuthorization(basic("edge-7:open-sesame"))).contains("edge-7");
        assertThat(users().ofAuthorization(basic("edge-8:abc").replace("Basic", "BASIC")))
                .contains("edge-8");
    }

    @Test
    void shouldTakeTheLongestTokenInEitherForm() throws UsersException {
        String name = "n".repeat(64);
        String longest = "x".repeat(UserToken.CHARS_MAX);
        Users users = Users.of("source in", Map.of(name, token(longest)));

        assertThat(users.ofAuthorization("Bearer " + longest)).contains(name);
        assertThat(users.ofAuthorization(basic(name + ":" + longest))).contains(name);
    }

    @Test
    void shouldNotTakeATokenUnderTheNameOfAnother() throws UsersException {
        assertThat(users().ofAuthorization(basic("edge-8:open-sesame"))).isEmpty();
        assertThat(users().ofAuthorization(basic(":open-sesame"))).isEmpty();
        assertThat(users().ofAuthorization(basic("edge-7"))).isEmpty();
        assertThat(users().ofAuthorization(basic("by-certificate:"))).isEmpty();
    }

    @Test
    void shouldKeepColonsOfATokenInBasic() throws UsersException {
        Users users = Users.of("source in", Map.of("a", token("b:c")));

        assertThat(users.ofAuthorization(basic("a:b:c"))).contains("a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "Basic",
                "Basic ",
                "Basic !!!",
                "Basic ZWRnZS03Om9wZW4tc2VzYW1",
                "open-sesame",
                "Digest open-sesame",
                "Beareropen-sesame"
            })
    void shouldFindNobodyInAHeaderOfAnotherForm(String header) throws UsersException {
        assertThat(users().ofAuthorization(header)).isEmpty();
    }

    @Test
    void shouldTakeTokensOfFilesThatChangeAndKeepThemWhereTheFileCannotBeUsed() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "first\n");
        Users users = Users.of("source in", Map.of("edge-7", new UserToken(Secret.NONE, Optional.of(file))));
        assertThat(users.ofToken(bytes("first"))).contains("edge-7");

        Files.writeString(file, "second\n");
        users.reload();
        assertThat(users.ofToken(bytes("first"))).isEmpty();
        assertThat(users.ofToken(bytes("second"))).contains("edge-7");
        assertThat(users.lastError()).isEmpty();

        Files.delete(file);
        users.reload();
        assertThat(users.ofToken(bytes("second"))).contains("edge-7");
        assertThat(users.lastError()).isEqualTo("user edge-7: token-file " + file + " does not exist");
    }

    @Test
    void shouldNotMistakeOneUserForAnother() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "open-sesame");
        Map<String, UserToken> same =
                Map.of("a", token("open-sesame"), "b", new UserToken(Secret.NONE, Optional.of(file)));

        assertThatThrownBy(() -> Users.of("source in", same))
                .isInstanceOf(UsersException.class)
                .hasMessageContaining("has the same token as another")
                .message()
                .doesNotContain("sesame");
    }
}
