package io.decant.ingest.history;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The last {@value #EVENTS_MAX} events, as frames of {@code text/event-stream}, for any number of readers that each
 * know how far they are. An event that no longer fits in goes, the oldest first; a reader that has not had it is told
 * how many it missed.
 *
 * <p>The id of an event is {@code <start>-<sequence>}: {@code start} names the process, {@code sequence} counts its
 * events from 1. An id of another process cannot be resumed from, since nobody knows what that one told after it. The
 * reader gets a {@code gap} then, which says what was true before the events that follow.
 *
 * <p>Thread-safe. Locked for the time that a frame takes to be copied.
 */
public final class EventLog {

    /** Events that are kept. */
    public static final int EVENTS_MAX = 1_000;

    /** Bytes of their frames, of which a usual one has half a KiB. */
    static final int BYTES_MAX = 1 << 20;

    private static final byte[] NOTHING = {};

    /**
     * Frames, and where to read on.
     *
     * @param frames empty: there are none yet
     * @param next sequence of the first event behind them
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Piece(byte[] frames, long next) {}

    /**
     * @param sink that has the batch whole with this event; empty: the batch was submitted; null: it says neither
     * @param batch its number; 0 where it says neither
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Event(byte[] frame, String sink, long batch) {}

    /** What is known of batches at one place among the events. */
    private static final class Known {
        private long submitted;
        private final Map<String, Long> completed = new LinkedHashMap<>();

        void add(String sink, long batch) {
            if (sink == null) {
                return;
            }
            if (sink.isEmpty()) {
                submitted = Math.max(submitted, batch);
            } else {
                completed.merge(sink, batch, Math::max);
            }
        }
    }

    private final String start;
    private final Event[] ring = new Event[EVENTS_MAX];
    /** Before the oldest event that is kept. */
    private final Known before = new Known();
    /** Behind the newest. */
    private final Known behind = new Known();

    private long first = 1;
    private long last;
    private int bytes;
    private volatile Runnable appended = () -> {};

    /** @param start names the process, so that no other has the same: letters and digits */
    public EventLog(String start) {
        this.start = start;
    }

    /** Has somebody told of each event, on the thread that tells of it: must not wait. */
    public void onAppended(Runnable told) {
        appended = told;
    }

    /**
     * What was so before the first event: the sink has all up to the batch, or, for the empty name, it was submitted.
     */
    synchronized void begin(String sink, long batch) {
        before.add(sink, batch);
        behind.add(sink, batch);
    }

    /** Something happened of which batches know nothing. */
    void append(String name, String data) {
        append(name, data, null, 0);
    }

    /** A batch was submitted, or a sink has it whole, which is the same for ever. */
    void append(String name, String data, String sink, long batch) {
        synchronized (this) {
            behind.add(sink, batch);
            add(new Event(frame(last + 1, name, data), sink, batch));
        }
        appended.run();
    }

    /** Something happened of which there is no event, for want of room: readers are told so, here. */
    void missed(String sink, long batch) {
        synchronized (this) {
            behind.add(sink, batch);
            add(new Event(frame(last + 1, "gap", gap(1L, "overrun", behind)), sink, batch));
        }
        appended.run();
    }

    private void add(Event event) {
        bytes += event.frame().length;
        while (first <= last && (last - first + 1 >= EVENTS_MAX || bytes > BYTES_MAX)) {
            Event oldest = at(first);
            before.add(oldest.sink(), oldest.batch());
            bytes -= oldest.frame().length;
            ring[index(first)] = null;
            first++;
        }
        last++;
        ring[index(last)] = event;
    }

    private Event at(long sequence) {
        return ring[index(sequence)];
    }

    private static int index(long sequence) {
        return (int) (sequence % EVENTS_MAX);
    }

    private byte[] frame(long sequence, String name, String data) {
        return ("id: " + id(sequence) + "\nevent: " + name + "\ndata: " + data + "\n\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private String id(long sequence) {
        return start + "-" + sequence;
    }

    /** The id of the newest event; with sequence 0 where there is none. */
    public synchronized String lastId() {
        return id(last);
    }

    /**
     * Where a reader begins, and what it is told first.
     *
     * @param lastId the id of the last event that it had; empty: it begins with what happens next
     * @return a gap, or nothing where it misses nothing; and the sequence to read from
     */
    public synchronized Piece begin(String lastId) {
        if (lastId.isEmpty()) {
            return new Piece(NOTHING, last + 1);
        }
        long had = sequence(lastId);
        if (had < 0) {
            return new Piece(frame(first - 1, "gap", gap(null, "restart", before)), first);
        }
        return had + 1 >= first
                ? new Piece(NOTHING, had + 1)
                : new Piece(frame(first - 1, "gap", gap(first - 1 - had, "overrun", before)), first);
    }

    /** The sequence in an id of this process; -1: it is none. */
    private long sequence(String id) {
        int digits = id.length() - start.length() - 1;
        if (digits < 1 || digits > 18 || !id.startsWith(start + "-")) {
            return -1;
        }
        long sequence = 0;
        for (int i = start.length() + 1; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            sequence = sequence * 10 + c - '0';
        }
        return sequence <= last ? sequence : -1;
    }

    private static String gap(Long missed, String reason, Known known) {
        EventData completed = new EventData();
        known.completed.forEach(completed::add);
        return new EventData()
                .add("missed", missed)
                .add("reason", reason)
                .add("submitted", known.submitted)
                .addJson("completed", completed.end())
                .end();
    }

    /** Whether a reader that is to have this event next will find it. */
    public synchronized boolean keeps(long from) {
        return from >= first;
    }

    /**
     * Reads on.
     *
     * @param from sequence of the first event to be read, of {@link #begin} or of a piece
     * @param bytesMax most bytes of frames; where the first is longer, it comes alone
     * @return empty where that event is no longer kept
     */
    public synchronized Optional<Piece> read(long from, int bytesMax) {
        if (from < first) {
            return Optional.empty();
        }
        long next = from;
        int length = 0;
        while (next <= last && (length == 0 || length + at(next).frame().length <= bytesMax)) {
            length += at(next).frame().length;
            next++;
        }
        byte[] frames = new byte[length];
        int end = 0;
        for (long sequence = from; sequence < next; sequence++) {
            byte[] frame = at(sequence).frame();
            System.arraycopy(frame, 0, frames, end, frame.length);
            end += frame.length;
        }
        return Optional.of(new Piece(frames, next));
    }

    /** How many events are kept. */
    synchronized int size() {
        return (int) (last - first + 1);
    }

    /** Bytes of what is kept. */
    synchronized int bytes() {
        return bytes;
    }
}
