package io.decant.ingest.endtoend;

import java.io.IOException;

/**
 * What presses a server, in turns: begun, kept up for a while, ended, and begun again. One thread at a time,
 * {@link #felt} excepted.
 */
interface Pressure extends AutoCloseable {

    /** Begins to press the server. Once it returns, the server is under pressure. */
    void begin() throws Exception;

    /** Presses a little more, for a fraction of a {@link Presser#PAUSE_NANOS}. Called again and again, with pauses. */
    void goOn() throws Exception;

    /** How often the server has shown that it is pressed: what it closed, refused, dropped or had to do. Any thread. */
    long felt() throws Exception;

    /** Lets go of the server, and waits until it is as it was before. */
    void end() throws Exception;

    /** Lets go of a server that may have ended. */
    @Override
    void close() throws IOException;
}
