package io.decant.ingest.server;

import io.decant.ingest.receiver.ReceivedRequest;
import io.decant.ingest.receiver.TestReceiver;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A receiver of buckets that answers what it is told to, and keeps what it was sent. */
final class Receiver implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;
    /** More requests than any test makes. */
    private static final int MANY = 1 << 16;

    private final TestReceiver http;
    private final BlockingQueue<ReceivedRequest> parts = new LinkedBlockingQueue<>();
    private volatile int status = 200;
    private volatile int linesMax = Integer.MAX_VALUE;
    private final Semaphore permits = new Semaphore(0);
    private volatile boolean slow;

    Receiver() throws IOException {
        http = new TestReceiver(1, this::take);
    }

    URI url() {
        return URI.create(http.url() + "/buckets");
    }

    /** Answers with this from now on. */
    void answer(int newStatus) {
        status = newStatus;
    }

    /** Refuses what has more lines. */
    void refuseBeyond(int lines) {
        linesMax = lines;
    }

    /** Answers nothing more but what it is {@linkplain #permit permitted}. */
    void slowDown() {
        slow = true;
    }

    /** Lets a slow receiver answer one request more. */
    void permit() {
        permits.release();
    }

    /** Answers whatever comes, and what has come. */
    void speedUp() {
        slow = false;
        permits.release(MANY);
    }

    private int take(ReceivedRequest request) {
        if (slow) {
            permits.acquireUninterruptibly();
        }
        int answer = status == 200 && request.body().lines().count() > linesMax ? 413 : status;
        if (answer == 200) {
            // Before the answer: the server may be through, and a test ask what has come, as soon as it has that.
            parts.add(request);
        }
        return answer;
    }

    /** The next part that is answered with 200. */
    ReceivedRequest next() throws InterruptedException {
        ReceivedRequest part = parts.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (part == null) {
            throw new AssertionError("nothing came within " + PATIENCE_SECONDS + " s");
        }
        return part;
    }

    /** Whether everything that came was asked for. */
    boolean isEmpty() {
        return parts.isEmpty();
    }

    @Override
    public void close() {
        speedUp();
        http.close();
    }
}
