package io.decant.ingest.source.http;

import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.OpaqueBytes;
import io.decant.ingest.journal.ServedTime;
import io.decant.ingest.source.ResumableStream;
import io.decant.ingest.source.SourceStatus;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The requests that are known by their keys: those that are under way, and those of which something is durable, the
 * longest unused first. Retained for {@code idempotency-retain} of time served. At either of two bounds, a number and a
 * size, the oldest is forgotten before that, and counted.
 *
 * <p>Safe from any thread: each call holds the lock for the time of a look-up.
 */
final class IdempotencyKeys {

    /**
     * What is known of a request.
     *
     * @param cursor its body, as the blocks of the request carry it
     * @param durable how many of its records are durable; fewer than all after a crash in the middle
     */
    record Known(OpaqueBytes cursor, long durable) {}

    /**
     * A key that was asked for.
     *
     * @param granted false: its request is under way
     * @param known null: no request with this key is known
     */
    record Claim(boolean granted, Known known) {}

    /** There are many: the cursor is the object that the journal holds for its checkpoints, too, and so is the name. */
    private record Remembered(OpaqueBytes cursor, long durable, long servedMillis) {}

    private static final Claim UNDER_WAY = new Claim(false, null);
    private static final Claim NEW = new Claim(true, null);

    private final ServedTime served;
    private final long retainMillis;
    private final int keysMax;
    private final long bytesMax;
    private final Map<String, Remembered> remembered = new LinkedHashMap<>();
    private final Set<String> underWay = new HashSet<>();
    private long bytes;
    private long forgotten;

    /** When the youngest of those was used that were forgotten too soon, in time served; negative: none was. */
    private long forgottenMillis = -1;

    /**
     * @param bytesMax what all keys may count, by {@link JournalState#requestBytes}
     * @param kept those of earlier runs, by the name of their stream, the oldest first
     */
    IdempotencyKeys(ServedTime served, Duration retain, int keysMax, long bytesMax, Map<String, ResumableStream> kept) {
        this.served = served;
        this.retainMillis = retain.toMillis();
        this.keysMax = keysMax;
        this.bytesMax = bytesMax;
        kept.forEach((stream, position) -> {
            if (RequestCursor.decode(position.cursor()).isPresent()) {
                remember(stream, new Known(position.cursor(), position.next()), position.seenServedMillis());
            }
        });
        // The journal may have forgotten some at the same bound.
        boolean full = remembered.size() >= keysMax || bytes > bytesMax - JournalState.requestBytes("");
        if (full && !remembered.isEmpty() && forgottenMillis < 0) {
            forgottenMillis = remembered.values().iterator().next().servedMillis();
        }
        forgotten = 0;
    }

    /** Asks for a key. One that is granted must be released. */
    synchronized Claim claim(String stream) {
        forgetUnused();
        if (!underWay.add(stream)) {
            return UNDER_WAY;
        }
        Remembered request = remembered.get(stream);
        return request == null ? NEW : new Claim(true, new Known(request.cursor(), request.durable()));
    }

    /**
     * Gives a key back.
     *
     * @param known what is known of its request by now; null: no more than before
     */
    synchronized void release(String stream, Known known) {
        underWay.remove(stream);
        if (known != null) {
            remember(stream, known, served.millis());
        }
    }

    private void remember(String stream, Known known, long servedMillis) {
        if (remembered.remove(stream) == null) {
            bytes += JournalState.requestBytes(stream);
        }
        remembered.put(stream, new Remembered(known.cursor(), known.durable(), servedMillis));
        Iterator<Map.Entry<String, Remembered>> oldest = remembered.entrySet().iterator();
        while (remembered.size() > 1 && (remembered.size() > keysMax || bytes > bytesMax)) {
            Map.Entry<String, Remembered> request = oldest.next();
            oldest.remove();
            bytes -= JournalState.requestBytes(request.getKey());
            if (served.millis() - request.getValue().servedMillis() <= retainMillis) {
                forgotten++;
                forgottenMillis = Math.max(forgottenMillis, request.getValue().servedMillis());
            }
        }
    }

    private void forgetUnused() {
        long usedBefore = served.millis() - retainMillis;
        Iterator<Map.Entry<String, Remembered>> oldest = remembered.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<String, Remembered> request = oldest.next();
            if (request.getValue().servedMillis() >= usedBefore) {
                return;
            }
            oldest.remove();
            bytes -= JournalState.requestBytes(request.getKey());
        }
    }

    synchronized SourceStatus.Idempotency status() {
        forgetUnused();
        long covered = forgottenMillis < 0 ? retainMillis : Math.min(retainMillis, served.millis() - forgottenMillis);
        return new SourceStatus.Idempotency(
                remembered.size(), keysMax, forgotten, TimeUnit.MILLISECONDS.toSeconds(Math.max(0, covered)));
    }
}
