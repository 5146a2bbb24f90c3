package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Users of the sources that listen. */
class SourceUserSettingsTest {

    private static final String HTTP = "sources.in={type: http, address: '127.0.0.1:8081', users: %s}";

    @TempDir
    Path folder;

    private static Map<String, SourceUserSettings> users(String set) {
        return Yaml.tcp(Yaml.load(Yaml.LEAST, Map.of("TOKEN", "s3cret"), "sources.logs.users=" + set), "logs")
                .users();
    }

    @Test
    void shouldKnowUsersByTokensAndLimitThem() {
        assertThat(users("{edge-7: {token: '${TOKEN}'}, edge-8: {token: abc, max-connections: 3, max-rate: 1MiB}}"))
                .isEqualTo(Map.of(
                        "edge-7",
                        SourceUserSettings.of("s3cret"),
                        "edge-8",
                        SourceUserSettings.of("abc").withLimits(Optional.of(3), Optional.of(DataSize.ofMebibytes(1)))));
        assertThat(users("off")).isEmpty();
    }

    @Test
    void shouldBeTheSameOfAnHttpSource() {
        Settings settings = Yaml.load(Yaml.LEAST, HTTP.formatted("{edge-7: {token: abc}}"));

        assertThat(((HttpSourceSettings) settings.sources().get("in")).users())
                .isEqualTo(Map.of("edge-7", SourceUserSettings.of("abc")));
    }

    @Test
    void shouldReadTheFileOfATokenFromTheFolderOfTheSettings() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "s3cret\n");

        assertThat(users("{edge-7: {token-file: '" + file + "'}}").get("edge-7").tokenFile())
                .contains(file);
        assertThat(Yaml.problems(Yaml.LEAST, "sources.logs.users={edge-7: {token-file: run/token}}"))
                .singleElement()
                .asString()
                .contains("sources.logs.users.edge-7.token-file: '/etc/decant/run/token' does not exist;"
                        + " name a file that has the token and nothing else");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | sources.logs.users: has no entry; name at least a user",
                "{edge-7: {}} | sources.logs.users.edge-7.token: is required; give it a value, or set token-file",
                "{edge-7: {token: ''}} | sources.logs.users.edge-7.token: is required",
                "{edge-7: {token: '${EMPTY}'}} | sources.logs.users.edge-7.token: <hidden> refers to the environment variable EMPTY, which is empty",
                "{edge-7: {token: '${MISSING}'}} | sources.logs.users.edge-7.token: <hidden> refers to the environment variable MISSING",
                "{edge-7: {token: two words}} | sources.logs.users.edge-7.token: <hidden> is not a token; write 1 to 1024 characters",
                "{edge-7: {token: 'sha256:12'}} | sources.logs.users.edge-7.token: <hidden> is not the SHA-256 of a token",
                "{edge.7: {token: abc}} | sources.logs.users.edge.7: is not a name; a name is 1 to 64 of A-Z",
                "{a: {token: abc}, b: {token: abc}} | sources.logs.users.b.token: <hidden> is the same token as sources.logs.users.a.token",
                "{a: {token: abc, token-file: /x}} | is set together with token; remove one",
                "{a: {token: abc, max-connections: 0}} | sources.logs.users.a.max-connections: '0' is too small",
                "{a: {token: abc, max-rate: 1}} | sources.logs.users.a.max-rate: '1' is too small",
                "{a: {certificate: a}} | sources.logs.users.a.certificate: 'a' has no effect: clients are not asked for a certificate",
                "{a: {tokn: abc}} | unknown key; did you mean 'token'?",
                "everybody | where off, or a section is expected"
            })
    void shouldRefuseWhatCannotBe(String users, String expected) {
        List<String> problems = Yaml.problems(Yaml.LEAST, Map.of("EMPTY", ""), "sources.logs.users=" + users);

        assertThat(problems).anySatisfy(problem -> assertThat(problem).contains(expected));
        assertThat(problems).noneSatisfy(problem -> assertThat(problem).contains("abc", "two words"));
    }

    @Test
    void shouldBeBoundedInNumber() {
        String users = IntStream.rangeClosed(0, UserToken.USERS_MAX)
                .mapToObj(i -> "u" + i + ": {token: t" + i + "}")
                .collect(Collectors.joining(", ", "{", "}"));

        assertThat(Yaml.problems(Yaml.LEAST, "sources.logs.users=" + users))
                .singleElement()
                .asString()
                .contains("sources.logs.users: has more than 1000 entries");
    }

    @Test
    void shouldGiveOneCertificateToOneUser() {
        assertThat(Yaml.problems(
                        Yaml.LEAST,
                        "sources.logs.tls={certificate: a.pem, key: a.key, client-ca: ca.pem, client-auth: need}",
                        "sources.logs.users={a: {certificate: edge-7}, b: {certificate: EDGE-7}}"))
                .anySatisfy(problem -> assertThat(problem)
                        .contains("sources.logs.users.b.certificate: 'EDGE-7' is the same as"
                                + " sources.logs.users.a.certificate; a certificate is one user's"));
    }

    @Test
    void shouldNotStandWhereASourceConnects() {
        assertThat(Yaml.problems(
                        Yaml.LEAST, "sources.other={type: tcp, connect: 'localhost:1', users: {edge-7: {token: abc}}}"))
                .singleElement()
                .asString()
                .contains("sources.other.users: does not fit connect: a server that is read from is no user");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization", "authorization"})
    void shouldNotKeepTokensWithRecords(String header) {
        String set = "sources.in.headers=[X-Request-Id, " + header + "]";

        assertThat(Yaml.problems(Yaml.LEAST, HTTP.formatted("{edge-7: {token: abc}}"), set))
                .singleElement()
                .asString()
                .contains("sources.in.headers: ")
                .contains("has Authorization: each record would keep the token of its user");
        assertThat(Yaml.problems(Yaml.LEAST, HTTP.formatted("off"), set)).isEmpty();
    }

    @Test
    void shouldNeverShowTokens() {
        Settings settings = Yaml.load(Yaml.LEAST, "sources.logs.users={edge-7: {token: s3cret}}");

        assertThat(SettingsPrinter.print(settings)).contains("""
                            users:
                              edge-7:
                                token: "<hidden>"
                                token-file: ""
                                certificate: ""
                                max-connections: off
                                max-rate: off
                        """).doesNotContain("s3cret");
        assertThat(settings.toString()).doesNotContain("s3cret");
    }

    /** Who runs what {@code validate} prints would otherwise have a token that everybody knows. */
    @Test
    void shouldNotTakeWhatIsPrintedInThePlaceOfATokenForOne() {
        String printed = SettingsPrinter.print(Yaml.load(Yaml.LEAST, "sources.logs.users={edge-7: {token: s3cret}}"));

        assertThat(Yaml.problems(printed))
                .singleElement()
                .asString()
                .contains("sources.logs.users.edge-7.token: <hidden> is what is shown in the place of a token");
    }
}
