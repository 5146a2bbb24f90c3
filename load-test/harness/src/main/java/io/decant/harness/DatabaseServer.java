package io.decant.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
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
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A real database in a process of its own, from programs on the class path, in a folder that is removed when it is
 * closed. It can be killed and started again; its address and its data stay. Needs its JDBC driver on the class path.
 * Used by one thread at a time, and closed by any.
 */
public abstract class DatabaseServer implements AutoCloseable {

    /** There is no program for this machine, or something that it needs is missing. */
    public static final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnavailableException(String message) {
            super(message);
        }
    }

    private static final int START_SECONDS_MAX = 60;
    private static final int PROGRAM_SECONDS_MAX = 60;

    private final String name;
    private final Path folder;
    private final int port;
    private volatile Process server;

    /**
     * @param name as messages have it
     * @param folder of its programs and data, and of nothing else
     * @param port where it listens, now and after each restart
     */
    DatabaseServer(String name, Path folder, int port) {
        this.name = name;
        this.folder = folder;
        this.port = port;
    }

    /** The program that serves. */
    abstract ProcessBuilder serverCommand() throws IOException;

    /** The address of one of its databases, the user included; of the one that is always there if the name is empty. */
    abstract String url(String database);

    /** Ends it as a crash would: every transaction under way is lost, and the next start recovers. */
    public abstract void crash() throws IOException, InterruptedException;

    /**
     * Starts it and waits until it takes connections.
     *
     * @throws IOException where it does not
     */
    public final void start() throws IOException, InterruptedException {
        server = serverCommand().start();
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
                server.destroyForcibly();
                throw new IOException(name + " does not start (" + e.getMessage() + "): " + log(), e);
            }
            return false;
        }
    }

    /**
     * Makes a database and runs statements in it.
     *
     * @param schema statements with semicolons between them
     * @return its address, the user included
     */
    public final String createDatabase(String database, String schema) throws SQLException {
        execute(url(""), "CREATE DATABASE " + database);
        execute(url(database), schema);
        return url(database);
    }

    private static void execute(String database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** {@code host:port}. */
    public final String address() {
        return "127.0.0.1:" + port;
    }

    /** Its processes, to be suspended and resumed. */
    public final List<ProcessHandle> processes() {
        return Stream.concat(Stream.of(server.toHandle()), server.descendants()).toList();
    }

    final Path folder() {
        return folder;
    }

    final int port() {
        return port;
    }

    /** A program in the folder; what it says goes to the log. */
    final ProcessBuilder program(List<String> command) {
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(folder.resolve("log").toFile()));
    }

    final void awaitSuccess(Process program, String programName) throws IOException, InterruptedException {
        awaitEnd(program, programName);
        if (program.exitValue() != 0) {
            throw new IOException(programName + " of " + name + " failed: " + log());
        }
    }

    private void awaitEnd(Process program, String programName) throws IOException, InterruptedException {
        if (!program.waitFor(PROGRAM_SECONDS_MAX, TimeUnit.SECONDS)) {
            program.destroyForcibly();
            throw new IOException(
                    programName + " of " + name + " did not end within " + PROGRAM_SECONDS_MAX + " s: " + log());
        }
    }

    final void awaitEndOfServer() throws IOException, InterruptedException {
        awaitEnd(server, "the server");
    }

    /** {@code kill -9}, suspended or not. */
    final void kill() throws IOException, InterruptedException {
        server.destroyForcibly();
        awaitEndOfServer();
    }

    /** Ends it for good, suspended or not, so that nothing of it is left on the machine. */
    abstract void end() throws IOException, InterruptedException;

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"), UTF_8);
    }

    static boolean isRoot() throws IOException {
        return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    }

    /** Ends it, if it runs, and removes its folder. */
    @Override
    public final void close() throws IOException, InterruptedException {
        if (server != null && server.isAlive()) {
            end();
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
