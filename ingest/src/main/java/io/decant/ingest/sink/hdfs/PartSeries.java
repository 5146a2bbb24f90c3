package io.decant.ingest.sink.hdfs;

import io.decant.config.FileCompression;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.layout.Content;
import io.decant.offload.layout.PartWriter;
import java.io.IOException;
import java.util.function.IntFunction;

/**
 * Files of one directory that are read one after the other: a new one is begun where the next lines would make it too
 * long.
 */
final class PartSeries implements AutoCloseable {

    private final BatchFiles files;
    private final IntFunction<String> path;
    private final FileCompression compression;
    private final long partBytesMax;
    private Content content = Content.NOTHING;
    private PartWriter part;

    /**
     * @param path of a part, by its number
     * @param partBytesMax before compression; lines that alone are longer make a part of their own
     */
    PartSeries(BatchFiles files, IntFunction<String> path, FileCompression compression, long partBytesMax) {
        this.files = files;
        this.path = path;
        this.compression = compression;
        this.partBytesMax = partBytesMax;
    }

    /** Appends the lines that the text has. */
    void write(BatchText text) throws IOException {
        if (text.bytes() == 0) {
            return;
        }
        if (part != null && part.bytes() + text.bytes() > partBytesMax) {
            finishPart();
        }
        if (part == null) {
            part = new PartWriter(files.create(path.apply(content.files())), compression);
        }
        text.writeTo(part);
    }

    /** Makes the last part durable; returns what lies in all of them. */
    Content finish() throws IOException {
        if (part != null) {
            finishPart();
        }
        return content;
    }

    private void finishPart() throws IOException {
        content = content.then(part.finish());
        part = null;
    }

    @Override
    public void close() throws IOException {
        if (part != null) {
            part.close();
        }
    }
}
