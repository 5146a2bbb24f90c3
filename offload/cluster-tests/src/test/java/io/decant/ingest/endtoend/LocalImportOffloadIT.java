package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables whose batch is too large for the server, split by Spark in a process of its own: row by row what they hold. */
class LocalImportOffloadIT {

    private static final int ROWS = 20_000;

    @TempDir
    Path folder;

    private DatabaseProcess database;
    private ImportWorld world;
    private ServerProcess server;

    @BeforeEach
    void fill() throws Exception {
        database = DatabaseProcess.mariaDb();
        world = new ImportWorld(database, folder, "shop");
        for (int place = 0; place < 2; place++) {
            world.sql("CREATE TABLE t" + place + " (place int, n int, owner varchar(9) COLLATE utf8mb4_general_ci,"
                    + " text varchar(100), PRIMARY KEY (owner, n)); INSERT INTO t" + place + " SELECT " + place
                    + ", seq, ELT(seq % 3 + 1, 'a', 'B', 'é'), REPEAT('x', seq % 100) FROM seq_1_to_" + ROWS);
        }
    }

    @AfterEach
    void end() throws Exception {
        if (server != null) {
            server.kill();
        }
        if (database != null) {
            database.close();
        }
    }

    @Test
    void shouldImportThroughSpark() throws Exception {
        ImportedRows rows = new ImportedRows();
        try (Connection connection = world.connect()) {
            for (int place = 0; place < 2; place++) {
                rows.expect(
                        connection,
                        place,
                        ROWS,
                        "t" + place,
                        "CONCAT('{\"place\":', place, ',\"n\":', n, ',\"owner\":\"', owner, '\",\"text\":\"', text, '\"}')");
            }
        }
        Path settings = world.file("{t0: {}, t1: {}}");
        List<String> options = List.of(
                "--until-imported",
                "--set",
                "sources.db.fetch=1000",
                "--set",
                "batch.interval=1h",
                "--set",
                "offload={above: 256KiB, master: \"local[2]\", driver-memory: 512MiB}");
        server = ServerProcess.start(folder, settings, Map.of(), options);
        assertThat(server.awaitExit(280)).as("%s", server.log()).isZero();
        assertThat(server.log()).contains("split on Spark");
        server = null;
        rows.addFiles(world.out());
        rows.assertComplete(0);
    }
}
