package io.decant.ingest.endtoend;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/** A real database of the test's own. */
interface DatabaseProcess extends AutoCloseable {

    /** Starts it and waits until it takes connections. */
    void start() throws IOException, InterruptedException;

    /** Ends it as a crash would: every transaction under way is lost, and the next start recovers. */
    void crash() throws IOException, InterruptedException;

    /** Makes a database with the tables of a schema, and returns its address, the user included. */
    String createDatabase(String name, Path schema) throws IOException, SQLException;
}
