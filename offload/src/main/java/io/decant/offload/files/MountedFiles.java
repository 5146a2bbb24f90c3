package io.decant.offload.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * A place on a disk that must be mounted: while nothing is mounted at its root, each call fails, and nothing is written
 * into the directory below. What was begun before a disk was taken away cannot be published afterwards, since it lies
 * on that disk.
 */
public final class MountedFiles implements BatchFiles {

    private final Path root;
    private final BatchFiles files;

    /** @param files below {@code root} */
    public MountedFiles(Path root, BatchFiles files) {
        this.root = root;
        this.files = files;
    }

    private void check() throws IOException {
        if (!MountPoints.has(root)) {
            throw new IOException(
                    root + " is not a mount point, and must-be-mountpoint is set: nothing is written there;"
                            + " mount its filesystem");
        }
    }

    @Override
    public long blockBytes() {
        return files.blockBytes();
    }

    @Override
    public boolean exists(String path) throws IOException {
        check();
        return files.exists(path);
    }

    @Override
    public SyncedOutput create(String path) throws IOException {
        check();
        return files.create(path);
    }

    @Override
    public InputStream open(String path) throws IOException {
        check();
        return files.open(path);
    }

    @Override
    public PositionedInput openPositioned(String path) throws IOException {
        check();
        return files.openPositioned(path);
    }

    @Override
    public List<String> list(String directory) throws IOException {
        check();
        return files.list(directory);
    }

    @Override
    public void publish(String from, String to) throws IOException {
        check();
        files.publish(from, to);
    }

    @Override
    public void delete(String path) throws IOException {
        check();
        files.delete(path);
    }

    @Override
    public void close() {
        files.close();
    }
}
