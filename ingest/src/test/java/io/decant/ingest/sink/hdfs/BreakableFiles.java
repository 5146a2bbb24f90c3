package io.decant.ingest.sink.hdfs;

import io.decant.offload.files.BatchFiles;
import io.decant.offload.files.LocalFiles;
import io.decant.offload.files.PositionedInput;
import io.decant.offload.files.SyncedOutput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A disk on which the n-th operation fails, once; or on which the machine dies there, before the operation is done or
 * just after it, and what was not synced is gone.
 */
class BreakableFiles implements BatchFiles {

    /** What becomes of the operation. */
    enum Break {
        FAILS,
        FAILS_AFTERWARDS,
        DIES,
        DIES_AFTERWARDS
    }

    /** The process is gone: nothing catches this. */
    static final class Death extends VirtualMachineError {
        private static final long serialVersionUID = 1;
    }

    private interface Operation<T> {
        T run() throws IOException;
    }

    private final LocalFiles files;
    private final Path root;
    private final long breakAt;
    private final Break how;
    private final Set<String> unsynced = new HashSet<>();
    private long operations;
    private boolean dead;
    private final List<String> changes = new ArrayList<>();

    /** @param breakAt number of the operation, from 1; 0: none */
    BreakableFiles(Path root, long breakAt, Break how) {
        this.files = new LocalFiles(root);
        this.root = root;
        this.breakAt = breakAt;
        this.how = how;
    }

    static BreakableFiles sound(Path root) {
        return new BreakableFiles(root, 0, Break.FAILS);
    }

    Path root() {
        return root;
    }

    long operations() {
        return operations;
    }

    /** What was created, published and deleted. */
    List<String> changes() {
        return changes;
    }

    private <T> T count(Operation<T> operation) throws IOException {
        if (dead) {
            throw new Death();
        }
        operations++;
        if (operations != breakAt) {
            return operation.run();
        }
        if (how == Break.FAILS_AFTERWARDS || how == Break.DIES_AFTERWARDS) {
            operation.run();
        }
        if (how == Break.FAILS || how == Break.FAILS_AFTERWARDS) {
            throw new IOException("operation " + operations + " fails");
        }
        dead = true;
        for (String path : unsynced) {
            if (Files.exists(root.resolve(path))) {
                Files.write(root.resolve(path), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
            }
        }
        throw new Death();
    }

    @Override
    public long blockBytes() {
        return files.blockBytes();
    }

    @Override
    public boolean exists(String path) throws IOException {
        return count(() -> files.exists(path));
    }

    @Override
    public SyncedOutput create(String path) throws IOException {
        return count(() -> {
            unsynced.add(path);
            changes.add("create " + path);
            return new Output(files.create(path), path);
        });
    }

    private final class Output extends SyncedOutput {
        private final SyncedOutput out;
        private final String path;

        Output(SyncedOutput out, String path) {
            this.out = out;
            this.path = path;
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            count(() -> {
                unsynced.add(path);
                out.write(from, offset, length);
                return null;
            });
        }

        @Override
        public void sync() throws IOException {
            count(() -> {
                out.sync();
                unsynced.remove(path);
                return null;
            });
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    @Override
    public InputStream open(String path) throws IOException {
        return count(() -> files.open(path));
    }

    @Override
    public PositionedInput openPositioned(String path) throws IOException {
        return count(() -> files.openPositioned(path));
    }

    @Override
    public List<String> list(String directory) throws IOException {
        return count(() -> files.list(directory));
    }

    @Override
    public void publish(String from, String to) throws IOException {
        count(() -> {
            changes.add("publish " + from);
            files.publish(from, to);
            List.copyOf(unsynced).stream().filter(path -> path.startsWith(from)).forEach(path -> {
                unsynced.remove(path);
                unsynced.add(to + path.substring(from.length()));
            });
            return null;
        });
    }

    @Override
    public void delete(String path) throws IOException {
        count(() -> {
            changes.add("delete " + path);
            files.delete(path);
            return null;
        });
    }

    @Override
    public void close() {
        files.close();
    }
}
