package io.decant.ingest.endtoend;

import static org.junit.jupiter.api.Assumptions.abort;

import io.decant.harness.DatabaseServer;
import io.decant.harness.DatabaseServer.UnavailableException;
import io.decant.harness.MariaDbServer;
import io.decant.harness.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/** A real database of the test's own. Where it cannot run on this machine, the test is skipped. */
final class DatabaseProcess implements AutoCloseable {

    private final DatabaseServer server;

    private DatabaseProcess(DatabaseServer server) {
        this.server = server;
    }

    /**
     * Unpacks a MariaDB and starts it on an empty data directory.
     *
     * @param options beside those that it has always, and after them
     */
    static DatabaseProcess mariaDb(String... options) throws Exception {
        try {
            return new DatabaseProcess(MariaDbServer.create(Ports.next(), options));
        } catch (UnavailableException e) {
            return abort(e.getMessage());
        }
    }

    /** Unpacks a PostgreSQL and starts it on an empty cluster. */
    static DatabaseProcess postgres() throws Exception {
        try {
            return new DatabaseProcess(PostgresServer.create(Ports.next()));
        } catch (UnavailableException e) {
            return abort(e.getMessage());
        }
    }

    /** Starts it and waits until it takes connections. */
    void start() throws IOException, InterruptedException {
        server.start();
    }

    /** Ends it as a crash would: every transaction under way is lost, and the next start recovers. */
    void crash() throws IOException, InterruptedException {
        server.crash();
    }

    /** Makes a database with the tables of a schema, and returns its address, the user included. */
    String createDatabase(String name, Path schema) throws IOException, SQLException {
        return server.createDatabase(name, Files.readString(schema));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        server.close();
    }
}
