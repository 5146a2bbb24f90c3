package io.decant.loadtest.powercut;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The records that the sessions send: each is unlike any other and known from its session and ordinal alone, so
 * a reader can tell whether it is complete, and a record that was never sent is noticed.
 *
 * <p>A record is {@code key,session,ordinal,filler}; keys repeat, so that batches have several buckets.
 */
final class Workload {

    /** Sessions that send at the same time. */
    static final int SESSIONS = 4;
    /** The harness knows records by number: a session's begin at this many times the session. */
    static final long NUMBERS_PER_SESSION = 10_000_000_000L;

    private static final int KEYS = 100_000;
    private static final int HOT_KEYS = 3;
    private static final int HOT_ONE_IN = 5_000;
    private static final int FILLER_CHARS_MAX = 160;
    private static final String FILLER = "0123456789abcdefghijklmnopqrstuvwxyz".repeat(10);

    /** A record that was sent, as it was recognized. */
    record Sent(int session, long ordinal) {}

    private Workload() {}

    static String sessionId(int session) {
        return "power-" + session;
    }

    static long number(int session, long ordinal) {
        return session * NUMBERS_PER_SESSION + ordinal;
    }

    static String record(int session, long ordinal) {
        long hash = mix(number(session, ordinal));
        int choice = (int) (hash >>> 33);
        int key = choice % HOT_ONE_IN == 0 ? choice / HOT_ONE_IN % HOT_KEYS : HOT_KEYS + choice % KEYS;
        int from = (int) (hash & 31);
        int chars = (int) (hash >>> 8) & 0xFFFF;
        return key + "," + session + "," + ordinal + "," + FILLER.substring(from, from + chars % FILLER_CHARS_MAX);
    }

    /** Finalizer of MurmurHash3. */
    private static long mix(long value) {
        long hash = value;
        hash = (hash ^ hash >>> 33) * 0xFF51AFD7ED558CCDL;
        hash = (hash ^ hash >>> 33) * 0xC4CEB9FE1A85EC53L;
        return hash ^ hash >>> 33;
    }

    static byte[] line(int session, long ordinal) {
        return (record(session, ordinal) + "\n").getBytes(US_ASCII);
    }

    /** The record that this is; null if no session ever sends it. */
    static Sent recognize(String record) {
        String[] fields = record.split(",", 4);
        if (fields.length != 4) {
            return null;
        }
        try {
            Sent sent = new Sent(Integer.parseInt(fields[1]), Long.parseLong(fields[2]));
            boolean known = sent.session() >= 0
                    && sent.session() < SESSIONS
                    && sent.ordinal() >= 0
                    && sent.ordinal() < NUMBERS_PER_SESSION
                    && record.equals(record(sent.session(), sent.ordinal()));
            return known ? sent : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    static String key(String record) {
        return record.substring(0, record.indexOf(','));
    }
}
