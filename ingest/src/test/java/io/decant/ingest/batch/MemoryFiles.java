package io.decant.ingest.batch;

import io.decant.offload.files.BatchFiles;
import io.decant.offload.files.PositionedInput;
import io.decant.offload.files.SyncedOutput;
import io.decant.offload.staging.BlockFileLimits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A filesystem in memory that fails when it is told to. Outlives whoever closes it. */
public final class MemoryFiles implements BatchFiles {

    private final TreeMap<String, byte[]> files = new TreeMap<>();
    private Trouble trouble = () -> {};
    private Trouble publishTrouble = () -> {};

    /** Asked before every operation, or when a directory is published. */
    public interface Trouble {
        void mayFail() throws IOException;
    }

    /** What is in the way from here on. */
    public void trouble(Trouble next) {
        trouble = next;
    }

    /** What is in the way of an answer from here on: the directory was published. */
    public void publishTrouble(Trouble next) {
        publishTrouble = next;
    }

    /** Names of all files. */
    public synchronized List<String> names() {
        return List.copyOf(files.keySet());
    }

    /** All files below a directory, by their paths from there. */
    public synchronized SortedMap<String, byte[]> filesBelow(String directory) {
        TreeMap<String, byte[]> found = new TreeMap<>();
        below(directory).forEach((path, content) -> found.put(path.substring(directory.length() + 1), content));
        return found;
    }

    /** What a test makes of it is its own. */
    @Override
    public long blockBytes() {
        return BlockFileLimits.BYTES_DEFAULT;
    }

    @Override
    public synchronized boolean exists(String path) throws IOException {
        trouble.mayFail();
        return files.containsKey(path) || !below(path).isEmpty();
    }

    private Map<String, byte[]> below(String directory) {
        return directory.isEmpty() ? files : files.subMap(directory + "/", directory + "0");
    }

    @Override
    public synchronized SyncedOutput create(String path) throws IOException {
        trouble.mayFail();
        if (files.putIfAbsent(path, new byte[0]) != null) {
            throw new FileAlreadyExistsException(path);
        }
        return new Output(path);
    }

    private final class Output extends SyncedOutput {
        private final String path;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        private Output(String path) {
            this.path = path;
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            trouble.mayFail();
            bytes.write(from, offset, length);
        }

        @Override
        public void sync() throws IOException {
            trouble.mayFail();
            synchronized (MemoryFiles.this) {
                files.put(path, bytes.toByteArray());
            }
        }
    }

    @Override
    public synchronized InputStream open(String path) throws IOException {
        trouble.mayFail();
        return new ByteArrayInputStream(content(path));
    }

    private byte[] content(String path) throws FileNotFoundException {
        byte[] content = files.get(path);
        if (content == null) {
            throw new FileNotFoundException(path);
        }
        return content;
    }

    @Override
    public synchronized PositionedInput openPositioned(String path) throws IOException {
        trouble.mayFail();
        byte[] content = content(path);
        return new PositionedInput() {
            @Override
            public long length() {
                return content.length;
            }

            @Override
            public void readFully(long position, byte[] into, int offset, int length) throws IOException {
                trouble.mayFail();
                if (position + length > content.length) {
                    throw new EOFException(path);
                }
                System.arraycopy(content, (int) position, into, offset, length);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public synchronized List<String> list(String directory) throws IOException {
        trouble.mayFail();
        int from = directory.isEmpty() ? 0 : directory.length() + 1;
        return below(directory).keySet().stream()
                .map(path -> path.substring(from).split("/", 2)[0])
                .distinct()
                .toList();
    }

    @Override
    public synchronized void publish(String from, String to) throws IOException {
        trouble.mayFail();
        if (!below(to).isEmpty()) {
            throw new FileAlreadyExistsException(to);
        }
        Map<String, byte[]> moved = new TreeMap<>(below(from));
        if (moved.isEmpty()) {
            throw new FileNotFoundException(from);
        }
        below(from).clear();
        moved.forEach((path, content) -> files.put(to + path.substring(from.length()), content));
        publishTrouble.mayFail();
    }

    @Override
    public synchronized void delete(String path) throws IOException {
        trouble.mayFail();
        files.remove(path);
        below(path).clear();
    }

    @Override
    public void close() {}
}
