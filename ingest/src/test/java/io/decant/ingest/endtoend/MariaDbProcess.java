package io.decant.ingest.endtoend;

import static org.junit.jupiter.api.Assumptions.abort;

import io.decant.harness.MariaDbServer;
import io.decant.harness.MariaDbServer.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/** A MariaDB of the test's own. Where it cannot run on this machine, the test is skipped. */
final class MariaDbProcess implements DatabaseProcess {

    private final MariaDbServer server;

    private MariaDbProcess(MariaDbServer server) {
        this.server = server;
    }

    /**
     * Unpacks it and starts it on an empty data directory.
     *
     * @param options beside those that it has always, and after them
     */
    static MariaDbProcess create(String... options) throws Exception {
        try {
            return new MariaDbProcess(MariaDbServer.create(Ports.next(), options));
        } catch (UnavailableException e) {
            return abort(e.getMessage());
        }
    }

    @Override
    public void start() throws IOException, InterruptedException {
        server.start();
    }

    @Override
    public void crash() throws IOException, InterruptedException {
        server.crash();
    }

    @Override
    public String createDatabase(String name, Path schema) throws IOException, SQLException {
        return server.createDatabase(name, Files.readString(schema));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        server.close();
    }
}
