package io.decant.loadtest.diskfull;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Sends the records of one session up to a goal that may grow, and starts again whenever the connection breaks. */
final class Client implements Runnable {

    private static final int PORTION_RECORDS = 20;
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final DiskFullLedger ledger;
    private volatile long goal;
    private volatile int port;

    Client(DiskFullLedger ledger) {
        this.ledger = ledger;
    }

    /** Where the server listens from now on. */
    void port(int newPort) {
        port = newPort;
    }

    /** Has records sent up to this many. */
    void goal(long records) {
        goal = records;
    }

    @Override
    public void run() {
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                converse(socket);
            } catch (IOException e) {
                // The server is down; that is what the session is for.
                LockSupport.parkNanos(AGAIN_NANOS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void converse(Socket socket) throws IOException, InterruptedException {
        OutputStream out = socket.getOutputStream();
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
        out.write("SESSION disk-full\n".getBytes(US_ASCII));
        read(in);
        long next = ledger.acknowledged();
        // On its own, since a paused server takes nothing while it still acknowledges.
        Thread reader = new Thread(() -> readAll(in, socket), "acknowledgements");
        reader.start();
        try {
            while (reader.isAlive()) {
                long end = Math.min(goal, next + PORTION_RECORDS);
                ledger.sending(end);
                for (; next < end; next++) {
                    out.write(DiskFullLedger.line(next));
                }
                LockSupport.parkNanos(REST_NANOS);
            }
        } finally {
            socket.close();
            reader.join();
        }
    }

    private void readAll(BufferedReader in, Socket socket) {
        try (socket) {
            while (true) {
                read(in);
            }
        } catch (IOException e) {
            // The connection is over; the side that sends notices.
        }
    }

    private void read(BufferedReader in) throws IOException {
        String line = in.readLine();
        if (line != null && line.startsWith("ERR ")) {
            ledger.refused(line);
        }
        if (line == null || !line.startsWith("OK ")) {
            throw new IOException("the server said " + line);
        }
        ledger.acknowledged(Long.parseLong(line.substring("OK ".length())));
    }
}
