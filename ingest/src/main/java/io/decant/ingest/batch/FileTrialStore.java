package io.decant.ingest.batch;

import io.decant.offload.files.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@value #NAME} in the data directory. It is made with its full size when it is first needed and written in
 * place from then on, so that a full disk does not matter later. The kernel keeps what is written when the process
 * ends, so only a power cut takes what was not synced.
 */
public final class FileTrialStore implements TrialStore {

    /** Name of the file, in the data directory. */
    public static final String NAME = "attempts";

    private static final Logger log = LoggerFactory.getLogger(FileTrialStore.class);

    private final Path file;
    private FileChannel channel;

    /** Neither reads nor writes anything yet. */
    public FileTrialStore(Path dataDir) {
        this.file = dataDir.resolve(NAME);
    }

    private FileChannel channel() throws IOException {
        if (channel == null) {
            FileChannel opened = PrivateFiles.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                int missing = SLOTS * SLOT_BYTES - (int) Math.min(SLOTS * SLOT_BYTES, opened.size());
                if (missing > 0) {
                    writeAll(opened, ByteBuffer.allocate(missing), opened.size());
                }
            } catch (Throwable e) {
                opened.close();
                throw e;
            }
            channel = opened;
        }
        return channel;
    }

    @Override
    public ByteBuffer read() throws IOException {
        ByteBuffer slots = ByteBuffer.allocate(SLOTS * SLOT_BYTES);
        while (slots.hasRemaining() && channel().read(slots, slots.position()) >= 0) {}
        return slots.clear();
    }

    @Override
    public void write(int slot, ByteBuffer content, boolean sync) throws IOException {
        writeAll(channel(), content, (long) slot * SLOT_BYTES);
        if (sync) {
            channel().force(true);
        }
    }

    private static void writeAll(FileChannel to, ByteBuffer content, long position) throws IOException {
        long at = position;
        while (content.hasRemaining()) {
            at += to.write(content, at);
        }
    }

    @Override
    public void close() {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                log.debug("{} does not close", file, e);
            }
            channel = null;
        }
    }
}
