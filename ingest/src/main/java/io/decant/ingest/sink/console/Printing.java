package io.decant.ingest.sink.console;

import io.decant.ingest.sink.StandardOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;

/**
 * A batch on its way to standard output: a piece is copied out of the batch, then written. So the batch can be
 * removed while a write blocks.
 *
 * <p>Called by the thread that writes; what is for any says so.
 */
final class Printing implements Callable<Long>, StandardOutput.Text {

    private final ConsoleText text;
    private final StandardOutput output;
    private final StringBuilder piece = new StringBuilder();
    /** Read without the lock, too, so that no further turn begins while a thread waits to withdraw. */
    private volatile boolean withdrawn;

    Printing(ConsoleText text, StandardOutput output) {
        this.text = text;
        this.output = output;
    }

    /** When this returns, the batch is not read any more, and the text's memory is freed. Any thread. */
    void withdraw() {
        withdrawn = true;
        synchronized (this) {
            text.close();
        }
    }

    /** Prints the text, as far as it is not withdrawn; says how many bytes that was. */
    @Override
    public Long call() throws IOException, InterruptedException {
        try {
            boolean prepared = false;
            while (!prepared) {
                prepared = prepare();
            }
            return output.print(this);
        } finally {
            withdraw();
        }
    }

    private synchronized boolean prepare() {
        return withdrawn || text.prepare();
    }

    @Override
    public synchronized byte[] next() {
        piece.setLength(0);
        return withdrawn || !text.next(piece) ? null : piece.toString().getBytes(StandardCharsets.UTF_8);
    }
}
