package io.decant.offload.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A place on a filesystem whose failures are {@link IOException}s, whatever its client throws: Hadoop's throws runtime
 * exceptions, too, and errors where something is missing from its class path. So what is written for a filesystem that
 * fails covers all of it. See {@link AttemptFailure} for what is thrown on.
 */
public final class CheckedFiles implements BatchFiles {

    private static final Logger log = LoggerFactory.getLogger(CheckedFiles.class);

    private final BatchFiles files;

    private CheckedFiles(BatchFiles files) {
        this.files = files;
    }

    /** Connects. */
    public static BatchFiles connect(Connector connector) throws IOException {
        return new CheckedFiles(call(connector::connect));
    }

    private static <T> T call(SafeClose.Work<T> operation) throws IOException {
        try {
            return operation.run();
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            if (AttemptFailure.covers(e)) {
                throw new IOException(e.toString(), e);
            }
            throw e;
        }
    }

    private static void run(SafeClose.Task operation) throws IOException {
        call(() -> {
            operation.run();
            return null;
        });
    }

    /** It is thrown unchanged. */
    @Override
    public long blockBytes() {
        return files.blockBytes();
    }

    @Override
    public boolean exists(String path) throws IOException {
        return call(() -> files.exists(path));
    }

    @Override
    public SyncedOutput create(String path) throws IOException {
        return new Output(call(() -> files.create(path)));
    }

    private static final class Output extends SyncedOutput {
        private final SyncedOutput out;

        Output(SyncedOutput out) {
            this.out = out;
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            CheckedFiles.run(() -> out.write(from, offset, length));
        }

        @Override
        public void sync() throws IOException {
            CheckedFiles.run(out::sync);
        }

        @Override
        public void close() throws IOException {
            CheckedFiles.run(out::close);
        }
    }

    @Override
    public InputStream open(String path) throws IOException {
        return new Input(call(() -> files.open(path)));
    }

    private static final class Input extends FilterInputStream {

        Input(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            return call(in::read);
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return call(() -> in.read(into, offset, length));
        }

        @Override
        public long skip(long bytes) throws IOException {
            return call(() -> in.skip(bytes));
        }

        @Override
        public int available() throws IOException {
            return call(in::available);
        }

        @Override
        public void close() throws IOException {
            CheckedFiles.run(in::close);
        }
    }

    @Override
    public PositionedInput openPositioned(String path) throws IOException {
        return new Positioned(call(() -> files.openPositioned(path)));
    }

    private record Positioned(PositionedInput in) implements PositionedInput {

        @Override
        public long length() throws IOException {
            return call(in::length);
        }

        @Override
        public void readFully(long position, byte[] into, int offset, int length) throws IOException {
            CheckedFiles.run(() -> in.readFully(position, into, offset, length));
        }

        @Override
        public void close() throws IOException {
            CheckedFiles.run(in::close);
        }
    }

    @Override
    public List<String> list(String directory) throws IOException {
        return call(() -> files.list(directory));
    }

    @Override
    public void publish(String from, String to) throws IOException {
        run(() -> files.publish(from, to));
    }

    @Override
    public void delete(String path) throws IOException {
        run(() -> files.delete(path));
    }

    @Override
    public void close() {
        try {
            run(files::close);
        } catch (IOException e) {
            // As in all our clients: what was written and matters is closed and durable.
            log.debug("closing the client of a filesystem", e);
        }
    }
}
