package io.decant.ingest.pipeline;

import io.decant.ingest.deadletter.DeadLetterStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.NavigableMap;

/** Files of dead letters whose process dies before or after a change of them. */
final class CrashingLetterStore implements DeadLetterStore {

    /** The process is gone. */
    static final class Crash extends VirtualMachineError {
        private static final long serialVersionUID = 1;
    }

    /** A change of the disk. */
    private interface Change {
        void make() throws IOException;
    }

    private final DeadLetterStore store;
    /** Half changes until the crash: each change counts once before it is made and once after. */
    private int left;

    CrashingLetterStore(DeadLetterStore store, int left) {
        this.store = store;
        this.left = left;
    }

    private void change(Change change) throws IOException {
        count();
        change.make();
        count();
    }

    private void count() {
        if (left-- == 0) {
            throw new Crash();
        }
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
    public void append(String name, ByteBuffer bytes) throws IOException {
        change(() -> store.append(name, bytes));
    }

    @Override
    public void force(String name) throws IOException {
        change(() -> store.force(name));
    }

    @Override
    public void forceNames() throws IOException {
        change(store::forceNames);
    }

    @Override
    public void secure(String name, long from) throws IOException {
        change(() -> store.secure(name, from));
    }

    @Override
    public void truncate(String name, long length) throws IOException {
        change(() -> store.truncate(name, length));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        change(() -> store.rename(from, to));
    }

    @Override
    public void delete(String name) throws IOException {
        change(() -> store.delete(name));
    }

    @Override
    public String describe(String name) {
        return store.describe(name);
    }
}
