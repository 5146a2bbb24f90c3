package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each row once, though the server and the database are killed in mid-import again and again.
 * {@code -Ddecant.kills=20} is the long form.
 */
class MysqlKillIT {

    private static final int KILLS = Integer.getInteger("decant.kills", 4);
    private static final int ROWS_PER_KILL = 15_000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TABLES = "{orders: {}, items: {split-by: shelf}}";

    @TempDir
    Path folder;

    private final Random random = new Random(Long.getLong("decant.seed", 20261130L));
    private DatabaseProcess database;
    private ImportWorld world;
    private ServerProcess server;

    @BeforeEach
    void fill() throws Exception {
        database = DatabaseProcess.mariaDb();
        world = new ImportWorld(database, folder, "shop");
        world.sql("CREATE TABLE orders (n int PRIMARY KEY, text varchar(100));"
                + " INSERT INTO orders SELECT seq, REPEAT('x', seq % 100) FROM seq_1_to_" + rows() + ";"
                + " CREATE TABLE items (owner varchar(9) COLLATE utf8mb4_general_ci, n int, shelf int, PRIMARY KEY (owner, n));"
                + " INSERT INTO items SELECT ELT(seq % 3 + 1, 'a', 'B', 'c'), seq, NULLIF(seq % 5, 0) FROM seq_1_to_"
                + rows());
    }

    private static int rows() {
        return KILLS * ROWS_PER_KILL;
    }

    @AfterEach
    void killWhatIsLeft() throws Exception {
        if (server != null) {
            server.kill();
        }
        if (database != null) {
            database.close();
        }
    }

    @Test
    void shouldImportEachRowOnceThoughServerAndDatabaseAreKilled() throws Exception {
        Path settings = world.file(TABLES);
        List<String> options = List.of(
                "--until-imported",
                "--set",
                "sources.db.fetch=200",
                "--set",
                "sources.db.ranges=8",
                "--set",
                "batch.interval=500ms");
        for (int kill = 1; kill <= KILLS; kill++) {
            server = ServerProcess.start(folder, settings, Map.of(), options);
            // At any moment: before the plan, in the middle, near the end.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1_500 + random.nextInt(3_000)));
            if (kill % 4 == 2) {
                database.crash();
                database.start();
            }
            server.kill();
        }
        server = ServerProcess.start(folder, settings, Map.of(), options);
        assertThat(server.awaitExit(120)).as(server.log()).isZero();
        server = null;

        Map<Integer, Integer> orders = new TreeMap<>();
        Map<Integer, Integer> items = new TreeMap<>();
        for (String record : world.records()) {
            JsonNode row = JSON.readTree(record);
            (row.has("owner") ? items : orders).merge(row.get("n").asInt(), 1, Integer::sum);
        }
        Map<Integer, Integer> each = new TreeMap<>();
        IntStream.rangeClosed(1, rows()).forEach(n -> each.put(n, 1));
        assertThat(orders).isEqualTo(each);
        assertThat(items).isEqualTo(each);

        // Nothing is left to be done.
        server = ServerProcess.start(folder, settings, Map.of(), options);
        assertThat(server.awaitExit(60)).as(server.log()).isZero();
        server = null;
        assertThat(world.records()).hasSize(2 * rows());
    }
}
