package io.decant.ingest.plan;

import io.decant.bucketer.KeyHasher;
import io.decant.bucketer.SeenHashes;

/**
 * What people do without buckets: fill a request until a key comes that it holds already, then begin the next. Counts
 * the requests that this takes. Owned by one thread.
 */
final class CutAtDuplicates implements RecordVisitor, AutoCloseable {

    private final KeyHasher hasher;
    private final SeenHashes request = new SeenHashes();
    private long requests;

    CutAtDuplicates(KeyHasher hasher) {
        this.hasher = hasher;
    }

    @Override
    public void record(long address, int length) {
        long hash = hasher.hash(address, length);
        if (request.size() == 0) {
            requests = 1;
        }
        if (!request.add(hash)) {
            requests++;
            request.clear();
            request.add(hash);
        }
    }

    long requests() {
        return requests;
    }

    @Override
    public void close() {
        request.close();
    }
}
