package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.sink.http.TestCertificate;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A MariaDB that is reached by TLS, and that lets users in by their certificate. */
class MysqlTlsIT {

    private static final String TABLES = "{t: {}}";
    private static int databases;
    private static DatabaseProcess mariaDb;
    private static TestCertificate server;
    private static TestCertificate client;

    @TempDir
    static Path keys;

    @TempDir
    Path folder;

    private ImportWorld world;

    @BeforeAll
    static void startDatabase() throws Exception {
        server = TestCertificate.receiver(keys, "dns:db.example");
        client = TestCertificate.client(keys, "importer");
        mariaDb = DatabaseProcess.mariaDb(
                "--ssl-cert=" + server.certificate(), "--ssl-key=" + server.key(), "--ssl-ca=" + client.certificate());
    }

    @AfterAll
    static void endDatabase() throws Exception {
        if (mariaDb != null) {
            mariaDb.close();
        }
    }

    @BeforeEach
    void makeWorld() throws Exception {
        world = new ImportWorld(mariaDb, folder, "db" + databases++);
        world.sql("CREATE TABLE t (n int PRIMARY KEY); INSERT INTO t VALUES (1);"
                + " CREATE OR REPLACE USER importer@'%' REQUIRE SUBJECT '/CN=importer';"
                + " GRANT SELECT, PROCESS ON *.* TO importer@'%'");
        world.set("sources.db.user=importer");
    }

    @AfterEach
    void closeWorld() {
        world.close();
    }

    private void tls(String... options) {
        world.set("sources.db.tls={" + String.join(", ", options) + "}");
    }

    private static String certificate() {
        return "certificate: \"" + client.certificate() + "\", key: \"" + client.key() + "\"";
    }

    private static String authority(TestCertificate certificate) {
        return "ca-file: \"" + certificate.certificate() + "\"";
    }

    private String error() {
        world.start(TABLES);
        ServerStatus.Table table = world.await("t", now -> !now.error().isEmpty());
        assertThat(table.state()).isEqualTo("planning");
        return table.error();
    }

    @Test
    void shouldImportByACertificateAndTheServersName() throws Exception {
        tls(authority(server), "server-name: db.example", certificate());
        world.importAll(TABLES);
        assertThat(world.records()).containsExactly("{\"n\":1}");
    }

    @Test
    void shouldBeRefusedWithoutTheCertificate() throws Exception {
        tls(authority(server), "server-name: db.example");
        assertThat(error()).contains("1045");
        world.stop();

        tls(authority(server), "server-name: db.example", certificate());
        world.importAll(TABLES);
        assertThat(world.records()).hasSize(1);
    }

    @Test
    void shouldTrustNobodyElse() {
        tls(authority(client), "server-name: db.example", certificate());
        assertThat(error()).contains("certification path");
    }

    @Test
    void shouldExpectTheNameOfTheServer() {
        tls(authority(server), certificate());
        assertThat(error()).contains("127.0.0.1");
    }

    @Test
    void shouldSayThatTheServerWantsTls() {
        world.set("sources.db.tls=off");
        assertThat(error()).contains("1045");
    }
}
