package io.decant.ingest.endtoend;

import io.decant.harness.ReceivedPart;
import io.decant.ingest.receiver.ReceivedRequest;
import io.decant.ingest.receiver.TestReceiver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A real HTTP receiver that remembers what it took by idempotency key, and can be slow, refuse and break off. */
final class Receiver implements AutoCloseable {

    private static final int THREADS = 8;
    private static final int ACCEPTED = 200;
    private static final int FAILED = 500;

    private final TestReceiver http;
    private final Random random;
    private final Map<String, ReceivedRequest> parts = new LinkedHashMap<>();
    private final List<String> violations = new ArrayList<>();
    private int faults;
    private boolean hasHiddenAnAnswer;
    private boolean away;
    private int repeats;
    private int requests;
    private int records;

    /**
     * If it has faults at all, the first part it takes gets no answer, so that at least one comes again.
     *
     * @param faultPercent how many of 100 requests fail in one way or another
     */
    Receiver(Random random, int faultPercent) throws IOException {
        this.random = random;
        this.faults = faultPercent;
        this.http = new TestReceiver(THREADS, this::answer);
    }

    String url() {
        return http.url() + "/buckets";
    }

    private synchronized int answer(ReceivedRequest request) {
        int fate = away ? 0 : random.nextInt(100) < faults ? random.nextInt(4) : -1;
        if (fate != 0) {
            requests++;
            take(request);
            if (faults > 0 && !hasHiddenAnAnswer) {
                hasHiddenAnAnswer = true;
                fate = 1;
            }
        }
        notifyAll();
        return switch (fate) {
            case 0 -> TestReceiver.RETRY_NOW;
            // Taken, but the answer never arrives.
            case 1 -> TestReceiver.NO_ANSWER;
            case 2 -> FAILED;
            default -> ACCEPTED;
        };
    }

    private void take(ReceivedRequest request) {
        ReceivedPart part = request.part();
        ReceivedRequest before = parts.putIfAbsent(part.key(), request);
        if (before == null) {
            records += Math.toIntExact(part.records());
        } else {
            repeats++;
            if (!before.isSame(request)) {
                violations.add(part.key() + " came again with another content");
            }
        }
        int lines = request.lines().size();
        if (lines != part.records()) {
            violations.add(part.key() + " announces " + part.records() + " records and holds " + lines);
        }
    }

    synchronized void becomeHealthy() {
        faults = 0;
        away = false;
    }

    /** Refuses everything until it becomes healthy. */
    synchronized void beAway() {
        away = true;
    }

    /** Waits until this many records were taken. */
    synchronized void awaitRecords(int count, long millisMax) throws InterruptedException {
        long deadline = System.nanoTime() + millisMax * 1_000_000;
        while (records < count) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError(
                        "only " + records + " of " + count + " records were delivered within " + millisMax + " ms");
            }
            wait(left);
        }
    }

    /** Waits until this many requests were taken, those that came again included. */
    synchronized void awaitRequests(int count, long millisMax) throws InterruptedException {
        long deadline = System.nanoTime() + millisMax * 1_000_000;
        while (requests < count) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError(
                        "only " + requests + " of " + count + " requests came within " + millisMax + " ms");
            }
            wait(left);
        }
    }

    synchronized int requests() {
        return requests;
    }

    synchronized List<ReceivedRequest> parts() {
        return List.copyOf(parts.values());
    }

    /** Frees the memory of the parts that it has; they still count as records. */
    synchronized void forgetParts() {
        parts.clear();
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    synchronized int repeats() {
        return repeats;
    }

    synchronized int records() {
        return records;
    }

    @Override
    public void close() {
        http.close();
    }
}
