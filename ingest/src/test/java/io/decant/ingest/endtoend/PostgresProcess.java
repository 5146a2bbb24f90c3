package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.tukaani.xz.XZInputStream;

/**
 * A PostgreSQL of the test's own, from the programs on the class path. They refuse to run as root, so a test that is
 * root runs them as nobody; where that cannot be, or where there are no programs for the machine, the test is skipped.
 */
final class PostgresProcess implements DatabaseProcess {

    private static final int NOBODY = 65534;
    private static final int START_SECONDS_MAX = 60;
    private static final int PROGRAM_SECONDS_MAX = 60;

    private final Path folder;
    private final List<String> asUser;
    private final int port;
    private Process server;

    private PostgresProcess(Path folder, List<String> asUser, int port) {
        this.folder = folder;
        this.asUser = asUser;
        this.port = port;
    }

    /** Unpacks it and starts it on an empty cluster. */
    static PostgresProcess create() throws Exception {
        String archive = archive();
        boolean isRoot = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        List<String> asUser = isRoot ? asNobody() : List.of();
        // Not one of JUnit's, which are closed to others.
        Path folder = Files.createTempDirectory("decant-postgres");
        PostgresProcess postgres = new PostgresProcess(folder, asUser, Ports.next());
        try {
            if (isRoot) {
                Files.setAttribute(folder, "unix:uid", NOBODY);
                Files.setAttribute(folder, "unix:gid", NOBODY);
            }
            postgres.unpack(archive);
            postgres.run(
                    "bin/initdb", "-D", "cluster", "-U", "decant", "-A", "trust", "-E", "UTF8", "--no-locale", "-N");
            postgres.start();
            return postgres;
        } catch (Throwable e) {
            postgres.close();
            throw e;
        }
    }

    private static String archive() {
        return switch (System.getProperty("os.arch")) {
            case "amd64" -> "/postgres-linux-x86_64.txz";
            case "aarch64" -> "/postgres-linux-arm_64.txz";
            default -> abort("there is no PostgreSQL for " + System.getProperty("os.arch") + " on the class path");
        };
    }

    /** What goes before a command that is to run as nobody. */
    private static List<String> asNobody() throws InterruptedException {
        List<String> asNobody = List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
        try {
            List<String> probe = new ArrayList<>(asNobody);
            probe.add("true");
            Process process =
                    new ProcessBuilder(probe).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (process.waitFor() != 0) {
                abort("PostgreSQL does not run as root, and setpriv cannot become nobody: " + said);
            }
        } catch (IOException e) {
            abort("PostgreSQL does not run as root, and there is no setpriv to become nobody: " + e.getMessage());
        }
        return asNobody;
    }

    private void unpack(String archive) throws IOException, InterruptedException {
        Process tar = program("tar", "-xf", "-").redirectInput(Redirect.PIPE).start();
        try (InputStream packed = PostgresProcess.class.getResourceAsStream(archive);
                InputStream unpacked = new XZInputStream(packed);
                OutputStream in = tar.getOutputStream()) {
            unpacked.transferTo(in);
        }
        awaitSuccess(tar, "tar");
    }

    /** Starts it and waits until it takes connections. */
    @Override
    public void start() throws IOException, InterruptedException {
        server = program(
                        folder.resolve("bin/postgres").toString(),
                        "-D",
                        "cluster",
                        "-p",
                        Integer.toString(port),
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "unix_socket_directories=",
                        // It is killed, but the machine's power stays on.
                        "-c",
                        "fsync=off")
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        while (true) {
            try (Connection connection = DriverManager.getConnection(url("postgres"))) {
                return;
            } catch (SQLException e) {
                assertThat(server.isAlive() && System.nanoTime() - deadline < 0)
                        .as("PostgreSQL does not start (%s): %s", e.getMessage(), log())
                        .isTrue();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }

    /** Ends it as a crash would: every transaction under way is lost, and the next start recovers. */
    @Override
    public void crash() throws IOException, InterruptedException {
        run("bin/pg_ctl", "-D", "cluster", "-m", "immediate", "stop");
        awaitEnd(server, "postgres");
    }

    /** Makes a database with the tables of a schema, and returns its address. */
    @Override
    public String createDatabase(String name, Path schema) throws IOException, SQLException {
        execute(url("postgres"), "CREATE DATABASE " + name);
        execute(url(name), Files.readString(schema));
        return url(name);
    }

    private static void execute(String database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=decant";
    }

    private void run(String name, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.add(0, folder.resolve(name).toString());
        awaitSuccess(program(command.toArray(String[]::new)).start(), name);
    }

    private ProcessBuilder program(String... command) {
        List<String> whole = new ArrayList<>(asUser);
        whole.addAll(List.of(command));
        return new ProcessBuilder(whole)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(folder.resolve("log").toFile()));
    }

    private void awaitSuccess(Process process, String name) throws IOException, InterruptedException {
        awaitEnd(process, name);
        assertThat(process.exitValue()).as("%s: %s", name, log()).isZero();
    }

    private void awaitEnd(Process process, String name) throws IOException, InterruptedException {
        if (!process.waitFor(PROGRAM_SECONDS_MAX, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(name + " did not end within " + PROGRAM_SECONDS_MAX + " s: " + log());
        }
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (server != null && server.isAlive()) {
            crash();
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException e) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
