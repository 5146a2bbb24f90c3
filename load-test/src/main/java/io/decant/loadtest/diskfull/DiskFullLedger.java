package io.decant.loadtest.diskfull;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * What was sent, acknowledged and delivered of one session. A record is its ordinal and filler that follows from it, so
 * each is known when it is seen. Thread-safe.
 */
final class DiskFullLedger {

    /** Bytes of a record without its newline. */
    private static final int RECORD_BYTES = 1_000;

    private static final String FILLER = "0123456789abcdefghijklmnopqrstuvwxyz".repeat(RECORD_BYTES / 36 + 2);

    private final BitSet delivered = new BitSet();
    /** Hash of the body by key: a few thousand bodies would not fit in memory. */
    private final Map<String, Integer> bodies = new HashMap<>();

    private long sent;
    private long acknowledged;
    private long repeats;
    private String refusal = "none";
    private String fault = "none";

    static byte[] line(long ordinal) {
        String number = ordinal + ",";
        int from = (int) (ordinal % 36);
        return (number + FILLER.substring(from, from + RECORD_BYTES - number.length()) + "\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Says that the client hands records over up to here, before it does. */
    synchronized void sending(long next) {
        sent = Math.max(sent, next);
    }

    /** Says what the server answered. */
    synchronized void acknowledged(long durable) {
        if (durable < acknowledged) {
            fault("acknowledged were " + acknowledged + ", and now " + durable);
        } else if (durable > sent) {
            fault("acknowledged are " + durable + ", and sent only " + sent);
        } else {
            acknowledged = durable;
        }
    }

    /** Takes a part; a second one under the same key must be the same, and counts once. */
    synchronized void take(String key, byte[] body) {
        Integer before = bodies.putIfAbsent(key, Arrays.hashCode(body));
        if (before != null) {
            repeats++;
            if (before != Arrays.hashCode(body)) {
                fault("two bodies under the key " + key);
            }
            return;
        }
        for (int from = 0, end; from < body.length; from = end) {
            end = from;
            while (end < body.length && body[end++] != '\n') {}
            takeRecord(Arrays.copyOfRange(body, from, end));
        }
    }

    private void takeRecord(byte[] line) {
        int digits = 0;
        while (digits < line.length && Character.isDigit(line[digits])) {
            digits++;
        }
        int ordinal = digits == 0 || digits > 9
                ? -1
                : Integer.parseInt(new String(line, 0, digits, StandardCharsets.US_ASCII));
        if (ordinal < 0 || ordinal >= sent || !Arrays.equals(line, line(ordinal))) {
            fault("never sent: " + new String(line, 0, Math.min(40, line.length), StandardCharsets.US_ASCII));
        } else if (delivered.get(ordinal)) {
            fault("record " + ordinal + " came under two keys");
        } else {
            delivered.set(ordinal);
        }
    }

    private void fault(String what) {
        if (fault.equals("none")) {
            fault = what;
        }
    }

    /** Says how the server ended a connection. */
    synchronized void refused(String line) {
        refusal = line;
    }

    synchronized long acknowledged() {
        return acknowledged;
    }

    /**
     * {@code sent N acknowledged N delivered N missing N repeats N refusal TEXT fault TEXT}; missing are those that are
     * acknowledged and not delivered.
     */
    @Override
    public synchronized String toString() {
        long missing = acknowledged - delivered.get(0, (int) acknowledged).cardinality();
        return "sent " + sent + " acknowledged " + acknowledged + " delivered " + delivered.cardinality() + " missing "
                + missing + " repeats " + repeats + " refusal " + refusal + " fault " + fault;
    }
}
