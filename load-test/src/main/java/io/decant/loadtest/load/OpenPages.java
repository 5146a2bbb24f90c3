package io.decant.loadtest.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Live pages that are open and seen: each loads the files of the page, reads events, and then asks for what the page's
 * script ({@code main.js}) asks for, when that does. One thread ticks for all of them, in turn; one each reads events.
 */
public final class OpenPages implements AutoCloseable {

    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SECONDS_NANOS = TimeUnit.MILLISECONDS.toNanos(2_500);
    private static final long STATUS_NANOS = TimeUnit.MILLISECONDS.toNanos(3_500);
    private static final long ASK_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long BATCHES_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final String JSON = "*/*";
    private static final Pattern OF_HTML = Pattern.compile("(?:src|href)=\"(page/[^\"]+)\"");
    private static final Pattern OF_SCRIPT = Pattern.compile("from \"\\./([^\"]+)\"");
    private static final Pattern LAST_ID = Pattern.compile("\"lastEventId\":\"([^\"]*)\"");

    private final List<Page> pages = new ArrayList<>();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong events = new AtomicLong();
    private final Thread thread = new Thread(this::tick, "pages");
    private volatile boolean isClosed;
    private volatile IOException failure;

    private final class Page {
        private final PageConnection asking;
        private final PageConnection reading;
        private final Thread reader;
        private volatile long secondsAt = System.nanoTime();
        private volatile boolean isStale;
        private volatile long statusAt = System.nanoTime();
        private long askedAt = System.nanoTime();
        private long batchesAt = System.nanoTime();

        Page(InetSocketAddress admin) throws IOException {
            asking = new PageConnection(admin);
            reading = new PageConnection(admin);
            loadFiles();
            get("/history");
            Matcher lastId = LAST_ID.matcher(get("/batches"));
            get("/status");
            if (!lastId.find()) {
                throw new IOException("/batches has no lastEventId");
            }
            reading.open("/events?live&last-event-id=" + lastId.group(1));
            reader = new Thread(this::read, "page-events");
            reader.setDaemon(true);
            reader.start();
        }

        private void loadFiles() throws IOException {
            Set<String> files = new LinkedHashSet<>();
            Matcher html = OF_HTML.matcher(asking.get("/", "text/html"));
            while (html.find()) {
                files.add(html.group(1));
            }
            List<String> left = new ArrayList<>(files);
            while (!left.isEmpty()) {
                String file = left.remove(0);
                Matcher script = OF_SCRIPT.matcher(asking.get("/" + file, JSON));
                while (script.find()) {
                    if (files.add("page/" + script.group(1))) {
                        left.add("page/" + script.group(1));
                    }
                }
            }
        }

        private String get(String path) throws IOException {
            requests.incrementAndGet();
            return asking.get(path, JSON);
        }

        private void read() {
            try {
                while (!isClosed) {
                    String line = reading.line();
                    if (line.equals("event: seconds")) {
                        secondsAt = System.nanoTime();
                        events.incrementAndGet();
                    } else if (line.equals("event: status")) {
                        statusAt = System.nanoTime();
                    } else if (line.startsWith("event: batch-")) {
                        isStale = true;
                        events.incrementAndGet();
                    }
                }
            } catch (IOException e) {
                failed(e);
            }
        }

        void tick() throws IOException {
            long now = System.nanoTime();
            if (now - secondsAt >= SECONDS_NANOS) {
                get("/history?seconds=5");
            }
            if (now - statusAt >= STATUS_NANOS || now - askedAt >= ASK_NANOS) {
                statusAt = now;
                askedAt = now;
                get("/status");
            }
            if (isStale && now - batchesAt >= BATCHES_NANOS) {
                batchesAt = now;
                isStale = false;
                get("/batches");
            }
        }

        void close() {
            try {
                asking.close();
                reading.close();
                reader.join();
            } catch (IOException e) {
                throw new LoadException("a page cannot be closed: " + e, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Opens them, one after the other.
     *
     * @throws LoadException when the server does not serve one
     */
    public OpenPages(InetSocketAddress admin, int number) {
        try {
            for (int i = 0; i < number; i++) {
                pages.add(new Page(admin));
            }
        } catch (IOException e) {
            isClosed = true;
            pages.forEach(Page::close);
            throw new LoadException("page " + (pages.size() + 1) + ": " + e, e);
        }
        thread.setDaemon(true);
        thread.start();
    }

    private void tick() {
        long start = System.nanoTime();
        try {
            for (long tick = 0; !isClosed; tick++) {
                long due = start + tick * (TICK_NANOS / pages.size());
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                pages.get((int) (tick % pages.size())).tick();
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    private void failed(IOException e) {
        if (!isClosed) {
            failure = e;
        }
    }

    /** Fails where a page does not get what it asks for. */
    public void requireRunning() {
        if (failure != null) {
            throw new LoadException("a page fails: " + failure.getMessage(), failure);
        }
    }

    /** Requests for data so far. */
    public long requests() {
        return requests.get();
    }

    /** Events that pages were told of, the newest values among them. */
    public long events() {
        return events.get();
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pages.forEach(Page::close);
    }
}
