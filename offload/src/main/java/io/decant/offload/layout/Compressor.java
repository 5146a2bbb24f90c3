package io.decant.offload.layout;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.decant.config.FileCompression;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Streams that compress. The same bytes, in whatever pieces, become the same bytes: no time and no name stands in a
 * header. Stateless.
 */
final class Compressor {

    private static final int BUFFER_BYTES = 64 << 10;

    private Compressor() {}

    /**
     * A stream into {@code out}; closing it ends the format, frees what it holds outside the heap, and closes
     * {@code out}.
     */
    static OutputStream into(OutputStream out, FileCompression compression) throws IOException {
        return switch (compression) {
            case NONE -> out;
            case GZIP -> new GZIPOutputStream(out, BUFFER_BYTES);
            case ZSTD -> new ZstdOutputStreamNoFinalizer(out);
        };
    }
}
