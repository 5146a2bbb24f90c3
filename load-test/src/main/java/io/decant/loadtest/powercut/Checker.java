package io.decant.loadtest.powercut;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks the recovered server how many records of each session are durable, waits until the receiver has as many, and
 * holds the one against the other.
 */
final class Checker {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final int port;
    private final URI report;
    private final HttpClient http = HttpClient.newHttpClient();

    Checker(int port, int receiverPort) {
        this.port = port;
        this.report = URI.create("http://127.0.0.1:" + receiverPort + "/report");
    }

    /**
     * @param found takes the delivered records, as ranges
     * @return what is wrong; empty if nothing
     */
    List<String> check(Path found) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        long[] durable = new long[Workload.SESSIONS];
        for (int session = 0; session < durable.length; session++) {
            durable[session] = durable(session, deadline);
        }
        PowerCutReport delivered = report();
        while (!isComplete(delivered, durable) && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(LOOK_NANOS);
            delivered = report();
        }
        List<String> ranges = new ArrayList<>();
        delivered.ranges().forEach(range -> ranges.add(range.from() + "-" + range.to()));
        Files.write(found, ranges);
        List<String> faults = new ArrayList<>(delivered.faults());
        for (int session = 0; session < durable.length; session++) {
            if (delivered.delivered(session) != durable[session]) {
                faults.add("session " + session + ": " + durable[session] + " records are durable, "
                        + delivered.delivered(session) + " were delivered");
            }
        }
        return faults;
    }

    private static boolean isComplete(PowerCutReport delivered, long[] durable) {
        for (int session = 0; session < durable.length; session++) {
            if (delivered.delivered(session) < durable[session]) {
                return false;
            }
        }
        // The records are there, but the last part may be one that comes again.
        return delivered.faults().isEmpty();
    }

    private long durable(int session, long deadline) throws IOException {
        while (true) {
            try (Session connection = new Session(port, session)) {
                return connection.durable();
            } catch (IOException e) {
                if (System.nanoTime() - deadline >= 0) {
                    throw e;
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    /** What the receiver knows. */
    PowerCutReport report() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(report).build();
        return PowerCutReport.parse(
                http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }
}
