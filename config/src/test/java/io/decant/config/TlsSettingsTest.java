package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files of a {@code tls} section: found from the settings' folder, and looked into before anything is sent. */
class TlsSettingsTest {

    private static final String PASSWORD = "changeit";

    @TempDir
    static Path folder;

    @BeforeAll
    static void writeFiles() throws Exception {
        writePair("ec", "EC");
        writePair("other-ec", "EC");
        writePair("rsa", "RSA");
        writePair("ed", "Ed25519");
        Files.writeString(folder.resolve("empty.pem"), "");
        Files.writeString(
                folder.resolve("pkcs1.pem"), "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        Files.writeString(
                folder.resolve("locked.pem"),
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
        Files.writeString(
                folder.resolve("garbage.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Files.writeString(folder.resolve("torn.pem"), "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n");
        Files.writeString(
                folder.resolve("both.pem"),
                Files.readString(folder.resolve("ec.key.pem")) + "comment\n"
                        + Files.readString(folder.resolve("ec.pem")));
    }

    @Test
    void shouldFindTheFilesFromTheFolderOfTheSettings() {
        Settings settings = load("{ca-file: rsa.pem, certificate: ec.pem, key: ec.key.pem, server-name: h}");

        assertThat(Yaml.http(settings, "api").tls().caFile()).contains(folder.resolve("rsa.pem"));
        assertThat(Yaml.http(settings, "api").tls().certificate()).contains(folder.resolve("ec.pem"));
        assertThat(Yaml.http(settings, "api").tls().key()).contains(folder.resolve("ec.key.pem"));
    }

    @ParameterizedTest
    @CsvSource({"ec.pem, ec.key.pem", "rsa.pem, rsa.key.pem", "rsa.pem, pkcs1.pem", "both.pem, both.pem"})
    void shouldTakeAPair(String certificate, String key) {
        Settings settings = load("{certificate: " + certificate + ", key: " + key + "}");

        assertThat(Yaml.http(settings, "api").tls().key()).contains(folder.resolve(key));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {ca-file: none.pem} | ca-file | none.pem' does not exist; name a PEM file
            {ca-file: empty.pem} | ca-file | empty.pem' has no certificate in PEM; name a file with -----BEGIN CERTIFICATE-----
            {ca-file: ec.key.pem} | ca-file | ec.key.pem' has no certificate in PEM; name a file with -----BEGIN CERTIFICATE-----
            {ca-file: garbage.pem} | ca-file | garbage.pem' has a certificate that cannot be read; create the file again
            {ca-file: torn.pem} | ca-file | torn.pem' has a block that is not base64; create the file again
            {ca-file: .} | ca-file | cannot be read: Is a directory
            {certificate: ec.pem, key: ec.pem} | key | ec.pem' has no private key in PEM; name a file with -----BEGIN PRIVATE KEY-----
            {certificate: ec.pem, key: other-ec.key.pem} | key | other-ec.key.pem' is not the key of tls.certificate; name the two files of one pair
            {certificate: ec.pem, key: rsa.key.pem} | key | rsa.key.pem' is not the key of tls.certificate; name the two files of one pair
            {certificate: ed.pem, key: ed.key.pem} | key | ed.key.pem' is neither an RSA nor an EC key; name a pair of one of these
            {certificate: ec.pem, key: locked.pem} | key | locked.pem' is encrypted; write it in the clear, readable for Decant alone: openssl pkey -in KEY -out FILE
            {certificate: ec.pem} | certificate | 'ec.pem' has no effect without tls.key; set both or none
            {key: ec.key.pem} | key | 'ec.key.pem' has no effect without tls.certificate; set both or none
            """)
    void shouldTellWhichFileIsWrongAndHow(String tls, String key, String expected) {
        assertThat(problems(tls))
                .singleElement()
                .asString()
                .startsWith("decant.yaml:9: sinks.api.tls." + key + ": '")
                .endsWith(expected);
    }

    @Test
    void shouldFindTheFilesOfAListeningSourceAndAcknowledgeByCount() {
        Settings settings =
                parse(ofSource("{certificate: ec.pem, key: ec.key.pem, client-ca: rsa.pem, client-auth: need}"));

        TcpSourceSettings source = Yaml.tcp(settings, "logs");
        assertThat(source.tls())
                .contains(new ServerTlsSettings(
                        folder.resolve("ec.pem"),
                        folder.resolve("ec.key.pem"),
                        Optional.of(folder.resolve("rsa.pem")),
                        ClientAuth.NEED));
        assertThat(source.ack()).isEqualTo(AckMode.COUNT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {certificate: ec.pem} | tls.key: is required
            {certificate: none.pem, key: ec.key.pem} | none.pem' does not exist; name a PEM file
            {certificate: ec.pem, key: other-ec.key.pem} | other-ec.key.pem' is not the key of tls.certificate
            {certificate: ec.pem, key: ec.key.pem, client-auth: want} | 'want' needs client-ca
            {certificate: ec.pem, key: ec.key.pem, client-ca: rsa.pem} | 'rsa.pem' has no effect
            {certificate: ec.pem, key: ec.key.pem, client-ca: ec.key.pem, client-auth: need} | ec.key.pem' has no certificate in PEM
            """)
    void shouldTellWhatIsWrongWithTlsOfAListeningSource(String tls, String expected) {
        assertThat(problemsOf(ofSource(tls)))
                .singleElement()
                .asString()
                .contains("sources.logs.tls.")
                .contains(expected);
    }

    @Test
    void shouldFindTheFilesOfTheAdminPort() {
        Settings settings = parse(Yaml.LEAST + "admin: {tls: {certificate: ec.pem, key: ec.key.pem}}\n");

        assertThat(settings.admin().tls())
                .contains(new ServerTlsSettings(
                        folder.resolve("ec.pem"), folder.resolve("ec.key.pem"), Optional.empty(), ClientAuth.NONE));
        assertThat(parse(SettingsPrinter.print(settings))).isEqualTo(settings);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {certificate: none.pem, key: ec.key.pem} | none.pem' does not exist; name a PEM file
            {certificate: ec.pem, key: other-ec.key.pem} | other-ec.key.pem' is not the key of tls.certificate
            {certificate: ec.pem, key: ec.key.pem, client-auth: need} | 'need' needs client-ca
            """)
    void shouldTellWhatIsWrongWithTlsOfTheAdminPort(String tls, String expected) {
        assertThat(problemsOf(Yaml.LEAST + "admin: {tls: " + tls + "}\n"))
                .singleElement()
                .asString()
                .contains("admin.tls.")
                .contains(expected);
    }

    private static String ofSource(String tls) {
        return Yaml.LEAST.replace("127.0.0.1:9999", "127.0.0.1:9999\n    tls: " + tls);
    }

    private static Settings parse(String yaml) {
        return SettingsLoader.parse(yaml, "decant.yaml", folder, List.of(), Map.of());
    }

    private static Settings load(String tls) {
        return parse(yaml(tls));
    }

    private static List<String> problems(String tls) {
        return problemsOf(yaml(tls));
    }

    private static List<String> problemsOf(String yaml) {
        try {
            parse(yaml);
            return List.of();
        } catch (SettingsException e) {
            return e.problems().stream().map(Problem::toString).toList();
        }
    }

    private static String yaml(String tls) {
        return Yaml.LEAST.replace("http:", "https:") + "    tls: " + tls + "\n";
    }

    private static void writePair(String name, String algorithm) throws Exception {
        Path store = folder.resolve(name + ".p12");
        keytool(store, "-genkeypair", "-keyalg", algorithm, "-dname", "CN=" + name);
        keytool(
                store,
                "-exportcert",
                "-rfc",
                "-file",
                folder.resolve(name + ".pem").toString());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Key key = keys.getKey("it", PASSWORD.toCharArray());
        Files.writeString(
                folder.resolve(name + ".key.pem"),
                "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key.getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
    }

    private static void keytool(Path store, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-alias",
                "it",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
        command.addAll(List.of(arguments));
        Process keytool = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).isZero();
    }
}
