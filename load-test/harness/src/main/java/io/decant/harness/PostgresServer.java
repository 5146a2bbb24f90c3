package io.decant.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tukaani.xz.XZInputStream;

/** A real PostgreSQL. Its programs refuse to run as root: as root they run as nobody. */
public final class PostgresServer extends DatabaseServer {

    private static final int NOBODY = 65534;

    private final List<String> asUser;

    private PostgresServer(Path folder, int port, List<String> asUser) {
        super("PostgreSQL", folder, port);
        this.asUser = asUser;
    }

    /**
     * Unpacks it and starts it on an empty cluster.
     *
     * @param port where it listens, now and after each restart
     * @throws UnavailableException where it cannot run on this machine
     * @throws IOException where it does not start
     */
    public static PostgresServer create(int port) throws IOException, InterruptedException, UnavailableException {
        String archive = archive();
        List<String> asUser = isRoot() ? asNobody() : List.of();
        // Not one of JUnit's, which are closed to others.
        Path folder = Files.createTempDirectory("decant-postgres");
        PostgresServer postgres = new PostgresServer(folder, port, asUser);
        try {
            if (isRoot()) {
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

    private static String archive() throws UnavailableException {
        String machine = System.getProperty("os.arch");
        String archive =
                switch (machine) {
                    case "amd64" -> "/postgres-linux-x86_64.txz";
                    case "aarch64" -> "/postgres-linux-arm_64.txz";
                    default -> "";
                };
        if (archive.isEmpty() || PostgresServer.class.getResource(archive) == null) {
            throw new UnavailableException("there is no PostgreSQL for " + machine + " on the class path");
        }
        return archive;
    }

    /** What goes before a command that is to run as nobody. */
    private static List<String> asNobody() throws InterruptedException, UnavailableException {
        List<String> asNobody = List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
        try {
            List<String> probe = new ArrayList<>(asNobody);
            probe.add("true");
            Process process =
                    new ProcessBuilder(probe).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (process.waitFor() != 0) {
                throw new UnavailableException(
                        "PostgreSQL does not run as root, and setpriv cannot become nobody: " + said);
            }
        } catch (IOException e) {
            throw new UnavailableException(
                    "PostgreSQL does not run as root, and there is no setpriv to become nobody: " + e.getMessage());
        }
        return asNobody;
    }

    private void unpack(String archive) throws IOException, InterruptedException {
        Process tar = asUser("tar", "-xf", "-").redirectInput(Redirect.PIPE).start();
        try (InputStream packed = PostgresServer.class.getResourceAsStream(archive);
                InputStream unpacked = new XZInputStream(packed);
                OutputStream in = tar.getOutputStream()) {
            unpacked.transferTo(in);
        }
        awaitSuccess(tar, "tar");
    }

    @Override
    ProcessBuilder serverCommand() {
        return asUser(
                folder().resolve("bin/postgres").toString(),
                "-D",
                "cluster",
                "-p",
                Integer.toString(port()),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                // It is killed, but the machine's power stays on.
                "-c",
                "fsync=off");
    }

    @Override
    public void crash() throws IOException, InterruptedException {
        run("bin/pg_ctl", "-D", "cluster", "-m", "immediate", "stop");
        awaitEndOfServer();
    }

    /** Killed, it would leave the memory that its processes share. */
    @Override
    void end() throws IOException, InterruptedException {
        Signals.resume(processes());
        crash();
    }

    @Override
    String url(String database) {
        return "jdbc:postgresql://" + address() + "/" + (database.isEmpty() ? "postgres" : database) + "?user=decant";
    }

    private void run(String name, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.add(0, folder().resolve(name).toString());
        awaitSuccess(asUser(command.toArray(String[]::new)).start(), name);
    }

    private ProcessBuilder asUser(String... command) {
        List<String> whole = new ArrayList<>(asUser);
        whole.addAll(List.of(command));
        return program(whole);
    }
}
