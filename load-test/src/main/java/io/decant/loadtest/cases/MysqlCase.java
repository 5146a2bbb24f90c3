package io.decant.loadtest.cases;

import io.decant.loadtest.Folders;
import io.decant.loadtest.load.LoadException;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Target;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table of MariaDB or MySQL into files; beside it {@code SELECT ... INTO OUTFILE}, which is the quickest that the
 * database gives rows away, and Spark's JDBC reader where there is a Spark. The database is the user's:
 * {@code --database} names one on this machine in which a table may be made, by a user who may write files.
 */
final class MysqlCase implements LoadCase {

    private static final int ROWS_A_SECOND_EXPECTED = 200_000;
    private static final int SECONDS = 10;
    private static final int CONNECTIONS = 4;
    private static final String TABLE = "load_import";
    private static final Target TARGET = Target.atLeast(0.5);
    private static final Target FASTER = Target.atLeast(1);

    /** What Spark wants of a JVM. */
    private static final List<String> OPENS = List.of(
            "java.lang",
            "java.lang.invoke",
            "java.lang.reflect",
            "java.io",
            "java.net",
            "java.nio",
            "java.util",
            "java.util.concurrent",
            "java.util.concurrent.atomic",
            "sun.nio.ch",
            "sun.nio.cs",
            "sun.security.action",
            "sun.util.calendar");

    @Override
    public String name() {
        return "mysql";
    }

    @Override
    public String title() {
        return "a table of MariaDB or MySQL into files, by " + CONNECTIONS + " connections";
    }

    /** The machine need not have a database. */
    @Override
    public boolean inTable() {
        return false;
    }

    @Override
    public CaseReport run(LoadTest test) throws IOException {
        String url = test.database()
                .filter(named -> named.startsWith("jdbc:mariadb:"))
                .orElseThrow(
                        () -> new LoadException("the case mysql needs a MariaDB or a MySQL on this machine: name one by"
                                + " --database 'jdbc:mariadb://HOST:PORT/NAME?user=USER&password=PASSWORD'"));
        Path folder = test.folder().resolve("mysql");
        int rows = test.secondsOr(SECONDS) * ROWS_A_SECOND_EXPECTED;
        Series<Double> outfile = new Series<>();
        Series<ImportRun> ours = new Series<>();
        Series<ImportRun> spark = new Series<>();
        Files.createDirectories(folder);
        try (Connection connection = DriverManager.getConnection(url)) {
            test.progress("makes a table of " + rows + " rows");
            makeTable(connection, rows);
            // Round 0 is for the caches.
            for (int i = 0; i <= test.rounds(); i++) {
                test.progress("round " + i + " of " + test.rounds());
                double seconds = outfile(connection, folder.resolve("outfile-" + i));
                ImportRun imported = ImportRun.of(decant(test, url, folder.resolve("decant-" + i)), rows);
                Optional<ImportRun> read = test.sparkJars().isEmpty()
                        ? Optional.empty()
                        : Optional.of(ImportRun.of(
                                spark(test.sparkJars().get(), url, rows, folder.resolve("spark-" + i)), rows));
                if (i > 0) {
                    outfile.add(rows / seconds);
                    ours.add(imported);
                    read.ifPresent(spark::add);
                }
            }
            try (Statement statement = connection.createStatement()) {
                statement.execute("DROP TABLE " + TABLE);
            }
        } catch (SQLException e) {
            throw new LoadException("the database: " + e.getMessage(), e);
        } finally {
            Folders.delete(folder);
        }
        return report(outfile, ours, spark);
    }

    private CaseReport report(Series<Double> outfile, Series<ImportRun> ours, Series<ImportRun> spark) {
        List<Row> figures = new ArrayList<>();
        figures.add(Row.of(
                "imported into the journal, from the first row on",
                "rows/s",
                ours.stats(ImportRun::readRate),
                "SELECT ... INTO OUTFILE",
                outfile.stats(rate -> rate),
                TARGET));
        if (spark.isEmpty()) {
            figures.add(Row.of("from start to exit, with files", "rows/s", ours.stats(ImportRun::rate)));
            figures.add(Row.of("CPU time of a million rows", "s", ours.stats(ImportRun::cpuPerMillion)));
        } else {
            String reader = "Spark's JDBC reader, into JSON";
            figures.add(Row.of(
                    "from start to exit, with files",
                    "rows/s",
                    ours.stats(ImportRun::rate),
                    reader,
                    spark.stats(ImportRun::rate),
                    FASTER));
            figures.add(Row.of(
                    "CPU time of a million rows",
                    "s",
                    ours.stats(ImportRun::cpuPerMillion),
                    reader,
                    spark.stats(ImportRun::cpuPerMillion)));
        }
        return new CaseReport(
                name(),
                title(),
                figures,
                List.of(
                        "the database is on the same cores",
                        "CPU time is without the database's",
                        "the JVM's start and its compilers count: a short import has more of them"),
                List.of("as many rows in files as the table has, in each round: yes"),
                true);
    }

    private static void makeTable(Connection connection, int rows) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS " + TABLE);
            statement.execute(
                    "CREATE TABLE " + TABLE + " (id bigint PRIMARY KEY, customer int NOT NULL, name varchar(40),"
                            + " total decimal(12,2), at datetime(3), note varchar(100)) CHARACTER SET utf8mb4");
            statement.execute(
                    "INSERT INTO " + TABLE + " VALUES (1, 7, 'Zoë Miller', 19.90, '2026-03-29 02:30:00.123', '"
                            + "as ordered by telephone, \"urgent\"')");
            for (long made = 1; made < rows; made *= 2) {
                statement.execute("INSERT INTO " + TABLE + " SELECT id + " + made + ", (id * 7919) % 100003,"
                        + " CONCAT('Zoë Miller ', id % 97), id % 100000 / 7, at + INTERVAL id SECOND, note FROM "
                        + TABLE
                        + " WHERE id <= " + (rows - made) + " ORDER BY id");
            }
            statement.execute("ANALYZE TABLE " + TABLE);
        }
    }

    /** Seconds. */
    private static double outfile(Connection connection, Path file) throws SQLException, IOException {
        long start = System.nanoTime();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT * FROM " + TABLE + " INTO OUTFILE '" + file.toAbsolutePath() + "'");
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Files.deleteIfExists(file);
        return seconds;
    }

    private static ImportRun.Command decant(LoadTest test, String url, Path folder) throws IOException {
        Files.createDirectories(folder);
        URI address = URI.create(url.substring("jdbc:".length()));
        Map<String, String> user = parameters(address.getQuery());
        Path yaml = Files.writeString(folder.resolve("decant.yaml"), """
                data-dir: data
                sources:
                  db: {type: mysql, address: "%s:%d", database: "%s", user: "%s", password: "%s", connections: %d, tables: {%s: {}}}
                bucket: {key: source-key}
                batch: {interval: 1h, max-records: 1000000000}
                journal: {max-backlog: 1TiB}
                sinks: {files: {type: hdfs, uri: "%s", max-bucket-dirs: 1}}
                admin: {address: "127.0.0.1:0"}
                """.formatted(
                        address.getHost(),
                        address.getPort(),
                        address.getPath().substring(1),
                        user.getOrDefault("user", "root"),
                        user.getOrDefault("password", ""),
                        CONNECTIONS,
                        TABLE,
                        folder.resolve("out").toUri()));
        return new ImportRun.Command(
                List.of(test.home().resolve("bin/decant").toString(), "run", "--until-imported", "-c", yaml.toString()),
                folder,
                "PLANNING -> READING",
                "READING -> DONE");
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new HashMap<>();
        for (String parameter : query == null ? new String[0] : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            if (equals > 0) {
                parameters.put(parameter.substring(0, equals), parameter.substring(equals + 1));
            }
        }
        return parameters;
    }

    private static ImportRun.Command spark(Path jars, String url, int rows, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path source = folder.resolve("SparkTableRead.java");
        try (InputStream in = MysqlCase.class.getResourceAsStream("SparkTableRead.txt")) {
            Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
        }
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g"));
        OPENS.forEach(name -> command.add("--add-opens=java.base/" + name + "=ALL-UNNAMED"));
        String separator = url.contains("?") ? "&" : "?";
        command.addAll(List.of(
                "-cp",
                jars.resolve("*").toString(),
                source.toString(),
                // By this name Spark quotes columns as the database wants it.
                url.replace("jdbc:mariadb:", "jdbc:mysql:") + separator + "permitMysqlScheme=true",
                TABLE,
                "id",
                "1",
                Integer.toString(rows),
                Integer.toString(CONNECTIONS),
                folder.resolve("out").toString()));
        return new ImportRun.Command(command, folder, "", "");
    }
}
