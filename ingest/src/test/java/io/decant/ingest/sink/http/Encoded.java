package io.decant.ingest.sink.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/** Bodies of answers as receivers encode them, by the JDK's own encoders. */
public final class Encoded {

    private Encoded() {}

    private interface Encoder {
        OutputStream over(OutputStream target) throws IOException;
    }

    public static byte[] gzip(byte[] text) {
        return encoded(text, GZIPOutputStream::new);
    }

    public static byte[] gzip(String text) {
        return gzip(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Deflate as HTTP means it. */
    public static byte[] zlib(String text) {
        return encoded(text.getBytes(StandardCharsets.UTF_8), DeflaterOutputStream::new);
    }

    /** Deflate as some receivers mean it. */
    public static byte[] rawDeflate(String text) {
        return encoded(
                text.getBytes(StandardCharsets.UTF_8),
                target -> new DeflaterOutputStream(target, new Deflater(Deflater.DEFAULT_COMPRESSION, true)));
    }

    private static byte[] encoded(byte[] text, Encoder encoder) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream encoding = encoder.over(bytes)) {
            encoding.write(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    public static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }
}
