package io.decant.spark.job;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.EnumSet;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.apache.spark.TaskContext;

/**
 * The local disk under another scheme, which fails the first attempts of tasks now and then: at opening, creating,
 * writing, closing.
 */
public final class FlakyFileSystem extends RawLocalFileSystem {

    private static final URI NAME = URI.create("flaky:///");

    private static Random random = new Random(0);
    private static int failures;

    /** Begins anew. */
    static synchronized void start(long seed) {
        random = new Random(seed);
        failures = 0;
    }

    /** How often it has failed since it was started. */
    static synchronized int failures() {
        return failures;
    }

    private static synchronized void mayFail(String what) throws IOException {
        TaskContext task = TaskContext.get();
        if (task != null && task.attemptNumber() == 0 && random.nextInt(4) == 0) {
            failures++;
            throw new IOException("this was meant to fail: " + what);
        }
    }

    @Override
    public URI getUri() {
        return NAME;
    }

    @Override
    protected void checkPath(Path path) {
        // Any path is on this disk.
    }

    @Override
    public FSDataInputStream open(Path file, int bufferSize) throws IOException {
        mayFail("open " + file);
        return super.open(file, bufferSize);
    }

    @Override
    public FSDataOutputStream createNonRecursive(
            Path file,
            FsPermission permission,
            EnumSet<CreateFlag> flags,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress)
            throws IOException {
        mayFail("create " + file);
        FSDataOutputStream out =
                super.createNonRecursive(file, permission, flags, bufferSize, replication, blockSize, progress);
        return new FSDataOutputStream(new Flaky(out), null);
    }

    private static final class Flaky extends FilterOutputStream {

        Flaky(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            out.write(from, offset, length / 2);
            mayFail("write");
            out.write(from, offset + length / 2, length - length / 2);
        }

        @Override
        public void close() throws IOException {
            out.close();
            mayFail("close");
        }
    }

    /** What {@code FileContext} sees. */
    public static final class Abstract extends DelegateToFileSystem {

        /** Called by Hadoop. */
        public Abstract(URI uri, Configuration conf) throws IOException, URISyntaxException {
            super(uri, new FlakyFileSystem(), conf, NAME.getScheme(), false);
        }
    }
}
