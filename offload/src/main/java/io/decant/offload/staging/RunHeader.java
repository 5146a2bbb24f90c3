package io.decant.offload.staging;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run begins with.
 *
 * @param streams the streams that the run's records came in
 * @param bytes its length: where the first entry begins
 */
public record RunHeader(List<Stream> streams, int bytes) {

    /** {@code DCNTRUN1}. */
    private static final long MAGIC = 0x314E5552544E4344L;

    private static final int FIXED_BYTES = Long.BYTES + 2 * Integer.BYTES;

    public RunHeader {
        streams = List.copyOf(streams);
    }

    /** A stream of a source. */
    public record Stream(String source, String name) {}

    static ByteBuffer encode(List<Stream> streams) {
        int bytes = FIXED_BYTES;
        List<byte[]> names = new ArrayList<>();
        for (Stream stream : streams) {
            names.add(BlockFormat.utf8(stream.source()));
            names.add(BlockFormat.utf8(stream.name()));
        }
        for (byte[] name : names) {
            bytes += Short.BYTES + name.length;
        }
        ByteBuffer header = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(MAGIC).putInt(bytes).putInt(streams.size());
        names.forEach(name -> header.putShort((short) name.length).put(name));
        return header.flip();
    }

    /**
     * Reads a run's header from its beginning.
     *
     * @throws StagingFormatException when it is no run of this version
     */
    public static RunHeader read(InputStream in) throws IOException {
        ByteBuffer fixed = read(in, FIXED_BYTES);
        if (fixed.getLong() != MAGIC) {
            throw new StagingFormatException("not a run of this version");
        }
        int bytes = fixed.getInt();
        int count = fixed.getInt();
        if (bytes < FIXED_BYTES || count < 0) {
            throw new StagingFormatException("has a header of " + bytes + " bytes for " + count + " streams");
        }
        ByteBuffer names = read(in, bytes - FIXED_BYTES);
        List<Stream> streams = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                streams.add(new Stream(string(names), string(names)));
            }
        } catch (BufferUnderflowException e) {
            throw new StagingFormatException("has a header of " + bytes + " bytes for " + count + " streams");
        }
        return new RunHeader(streams, bytes);
    }

    /** Takes no more memory than there is input, whatever the length says. */
    private static ByteBuffer read(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("ends within its header, after " + bytes.length + " of " + length + " bytes");
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String string(ByteBuffer from) {
        byte[] bytes = new byte[Short.toUnsignedInt(from.getShort())];
        from.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
