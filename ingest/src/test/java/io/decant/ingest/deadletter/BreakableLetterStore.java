package io.decant.ingest.deadletter;

import java.io.IOException;
import java.io.InputStream;
import java.io.SyncFailedException;
import java.nio.ByteBuffer;
import java.util.NavigableMap;

/** Files of a real disk that is full, or whose syncs fail, whenever a test says so. */
public final class BreakableLetterStore implements DeadLetterStore {

    private final DeadLetterStore store;
    /** The disk takes this many bytes of an append, and no more. */
    public volatile int room = Integer.MAX_VALUE;

    public volatile boolean broken;

    public BreakableLetterStore(DeadLetterStore store) {
        this.store = store;
    }

    @Override
    public void append(String name, ByteBuffer bytes) throws IOException {
        if (bytes.remaining() > room) {
            store.append(name, bytes.slice(bytes.position(), room));
            // Lets go of the file, as a failed append does.
            store.force(name);
            throw new IOException("No space left on device");
        }
        store.append(name, bytes);
    }

    @Override
    public void force(String name) throws IOException {
        if (broken) {
            throw new SyncFailedException("Input/output error");
        }
        store.force(name);
    }

    @Override
    public NavigableMap<String, Long> sizes() throws IOException {
        return store.sizes();
    }

    @Override
    public InputStream read(String name) throws IOException {
        return store.read(name);
    }

    @Override
    public void forceNames() throws IOException {
        store.forceNames();
    }

    @Override
    public void secure(String name, long from) throws IOException {
        store.secure(name, from);
    }

    @Override
    public void truncate(String name, long length) throws IOException {
        store.truncate(name, length);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        store.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        store.delete(name);
    }

    @Override
    public String describe(String name) {
        return store.describe(name);
    }
}
