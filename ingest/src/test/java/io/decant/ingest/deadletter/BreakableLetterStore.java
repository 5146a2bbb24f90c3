package io.decant.ingest.deadletter;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SyncFailedException;
import java.nio.ByteBuffer;
import java.util.NavigableMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Files of a real disk that is full, or whose syncs fail, whenever a test says so. */
public final class BreakableLetterStore implements DeadLetterStore {

    private final DeadLetterStore store;
    /** The disk takes this many bytes of an append, and no more. */
    public volatile int room = Integer.MAX_VALUE;

    public volatile boolean broken;
    /** Why the disk takes no more than that. */
    public volatile String noRoom = "No space left on device";

    /** Whether the folder cannot be reached. */
    public volatile boolean unreachable;
    /** Why it cannot. */
    public volatile String unreachableWhy = "Permission denied";
    /** What every read of a file throws; null: none does. */
    public volatile Supplier<Throwable> readFailure;
    /** Streams that were opened and not closed. */
    final AtomicInteger open = new AtomicInteger();

    public BreakableLetterStore(DeadLetterStore store) {
        this.store = store;
    }

    @Override
    public void append(String name, ByteBuffer bytes) throws IOException {
        if (bytes.remaining() > room) {
            store.append(name, bytes.slice(bytes.position(), room));
            // Lets go of the file, as a failed append does.
            store.force(name);
            throw new IOException(noRoom);
        }
        store.append(name, bytes);
    }

    @Override
    public void force(String name) throws IOException {
        requireSync();
        store.force(name);
    }

    private void requireSync() throws SyncFailedException {
        if (broken) {
            throw new SyncFailedException("Input/output error");
        }
    }

    @Override
    public NavigableMap<String, Long> sizes() throws IOException {
        return store.sizes();
    }

    @Override
    public InputStream read(String name) throws IOException {
        InputStream in = store.read(name);
        open.incrementAndGet();
        return new FilterInputStream(in) {
            private boolean closed;

            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                Supplier<Throwable> failure = readFailure;
                if (failure != null) {
                    Throwable thrown = failure.get();
                    if (thrown instanceof IOException e) {
                        throw e;
                    }
                    throw (RuntimeException) thrown;
                }
                return super.read(bytes, from, length);
            }

            @Override
            public void close() throws IOException {
                super.close();
                if (!closed) {
                    closed = true;
                    open.decrementAndGet();
                }
            }
        };
    }

    @Override
    public void forceNames() throws IOException {
        if (unreachable) {
            throw new IOException(unreachableWhy);
        }
        store.forceNames();
    }

    @Override
    public void secure(String name, long from) throws IOException {
        requireSync();
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
        requireSync();
        store.delete(name);
    }

    @Override
    public String describe(String name) {
        return store.describe(name);
    }
}
