package io.decant.spark.job;

import io.decant.offload.staging.BlockFileLimits;
import io.decant.offload.staging.BlockFileWriter;
import io.decant.offload.staging.StagedBlock;
import io.decant.offload.staging.StagedFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts a stream of lines into blocks, and writes these into block files. Owned by one thread; for one stream. */
final class LineStaging {

    private static final int BLOCK_BYTES = 1 << 20;
    /** A line is in one piece in memory. */
    private static final int LINE_BYTES_MAX = 1 << 30;

    private final String name;
    private final AttemptFiles attempt;
    private final BlockFileLimits limits;
    private final List<StagedFile> files = new ArrayList<>();
    private AttemptFiles.AttemptFile file;
    private BlockFileWriter writer;
    private long records;

    /** @param name of the stream */
    LineStaging(String name, AttemptFiles attempt, BlockFileLimits limits) {
        this.name = name;
        this.attempt = attempt;
        this.limits = limits;
    }

    /** Reads to the end; what stands behind the last newline is a line, too. */
    List<StagedFile> stage(InputStream in) throws IOException {
        try {
            byte[] buffer = new byte[BLOCK_BYTES];
            int filled = 0;
            for (int read = in.read(buffer, 0, buffer.length);
                    read >= 0;
                    read = in.read(buffer, filled, buffer.length - filled)) {
                filled += read;
                if (filled == buffer.length) {
                    int lines = endOfLines(buffer, filled);
                    append(buffer, lines);
                    System.arraycopy(buffer, lines, buffer, 0, filled - lines);
                    filled -= lines;
                    buffer = filled == buffer.length ? grown(buffer) : buffer;
                }
            }
            if (filled > 0 && buffer[filled - 1] != '\n') {
                buffer = filled == buffer.length ? grown(buffer) : buffer;
                buffer[filled++] = '\n';
            }
            append(buffer, filled);
            endFile();
            return files;
        } finally {
            if (file != null) {
                file.close();
            }
        }
    }

    private static int endOfLines(byte[] buffer, int filled) {
        int end = filled;
        while (end > 0 && buffer[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    private byte[] grown(byte[] buffer) throws IOException {
        if (buffer.length >= LINE_BYTES_MAX) {
            throw new IOException("a line is longer than " + LINE_BYTES_MAX + " bytes");
        }
        return Arrays.copyOf(buffer, buffer.length * 2);
    }

    private void append(byte[] lines, int length) throws IOException {
        int count = 0;
        for (int i = 0; i < length; i++) {
            if (lines[i] == '\n') {
                count++;
            }
        }
        if (count == 0) {
            return;
        }
        if (writer != null && !writer.hasRoomFor(count, length, limits)) {
            endFile();
        }
        if (writer == null) {
            String next = StagedFile.nameOf(files.size());
            file = attempt.create(next);
            writer = new BlockFileWriter(next, file);
        }
        writer.append(new StagedBlock("", name, records, 0, count, false), ByteBuffer.wrap(lines, 0, length));
        records += count;
    }

    private void endFile() throws IOException {
        if (writer != null) {
            files.add(writer.finish());
            writer = null;
            file.close();
            file = null;
        }
    }
}
