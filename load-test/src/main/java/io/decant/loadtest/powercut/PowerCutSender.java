package io.decant.loadtest.powercut;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Sends the records of one session until the process ends, and starts again whenever the connection breaks. */
final class PowerCutSender implements Runnable {

    private static final int PORTION_RECORDS = 200;
    private static final int UNACKNOWLEDGED_RECORDS_MAX = 10_000;
    private static final int BUFFER_BYTES = 64 << 10;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final int port;
    private final int session;
    private final Acknowledged acknowledged;

    PowerCutSender(int port, int session, Acknowledged acknowledged) {
        this.port = port;
        this.session = session;
        this.acknowledged = acknowledged;
    }

    @Override
    public void run() {
        while (true) {
            try {
                converse();
            } catch (IOException e) {
                // The server is down; that is what the session is for.
                LockSupport.parkNanos(PAUSE_NANOS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void converse() throws IOException, InterruptedException {
        Session connection = new Session(port, session);
        acknowledged.durable(session, connection.durable());
        Thread reader = new Thread(() -> read(connection), "acknowledgements-" + session);
        reader.start();
        try (connection) {
            send(connection);
        } finally {
            // An old connection's last count must not come after the next one's first.
            reader.join();
        }
    }

    private void send(Session connection) throws IOException {
        OutputStream out = new BufferedOutputStream(connection.out(), BUFFER_BYTES);
        long next = connection.durable();
        while (true) {
            while (next - acknowledged.count(session) > UNACKNOWLEDGED_RECORDS_MAX) {
                LockSupport.parkNanos(PAUSE_NANOS / 10);
                connection.requireOpen();
            }
            for (int i = 0; i < PORTION_RECORDS; i++) {
                out.write(Workload.line(session, next++));
            }
            out.flush();
        }
    }

    private void read(Session connection) {
        try (connection) {
            while (true) {
                acknowledged.durable(session, connection.nextCount());
            }
        } catch (IOException e) {
            // Closed by then, which the sending side notices.
        }
    }
}
