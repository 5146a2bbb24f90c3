package io.decant.offload.lines;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.zip.ZipException;

/**
 * The lines of an input, unpacked where they are packed: gzip of any number of members, zstd of any number of frames.
 * What is cut off, damaged or no lines is an error that names the input, never a shorter stream. Owned by one thread.
 */
public final class LineStream extends FilterInputStream {

    private final String name;

    private LineStream(InputStream in, String name) {
        super(in);
        this.name = name;
    }

    /**
     * Looks at the first bytes, and reads on accordingly.
     *
     * @param in is closed with what is returned
     * @param name what messages shall name the input by; its suffix counts as {@link InputForm#of} says
     * @throws UnreadableInputException where it holds no lines
     */
    public static InputStream of(InputStream in, String name) throws IOException {
        byte[] head = in.readNBytes(InputForm.HEAD_BYTES);
        InputForm form = InputForm.of(name, head, head.length);
        InputStream whole = new SequenceInputStream(new ByteArrayInputStream(head), in);
        if (form == InputForm.LINES) {
            return whole;
        }
        LineStream lines = new LineStream(form == InputForm.GZIP ? new GzipInput(whole) : new ZstdInput(whole), name);
        try {
            byte[] unpacked = lines.readNBytes(InputForm.HEAD_BYTES);
            InputForm.requireLines(name, form, unpacked, unpacked.length);
            return new SequenceInputStream(new ByteArrayInputStream(unpacked), lines);
        } catch (IOException e) {
            // It holds native memory.
            lines.close();
            throw e;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            return super.read(target, offset, length);
        } catch (EOFException e) {
            throw new UnreadableInputException(name + ": is cut off; nothing of it is used", e);
        } catch (ZipException e) {
            throw new UnreadableInputException(name + ": cannot be unpacked: " + e.getMessage(), e);
        }
    }
}
