package io.decant.ingest.source.http;

import io.vertx.core.MultiMap;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The headers that each record of a request keeps, as {@code FrameHeaders} reads them. Stateless. */
final class RecordHeaders {

    /** Stands for the client's address, whatever a client sends under this name. */
    static final String CLIENT = "Decant-Client";

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Header(byte[] name, byte[] value) {}

    private RecordHeaders() {}

    /**
     * Those of a request.
     *
     * @param names under which they are kept
     * @param client its address
     */
    static byte[] of(List<String> names, MultiMap request, String client) {
        List<Header> headers = new ArrayList<>();
        int bytes = Integer.BYTES;
        for (String name : names) {
            List<String> values = name.equalsIgnoreCase(CLIENT) ? List.of(client) : request.getAll(name);
            for (String value : values) {
                Header header =
                        new Header(name.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
                headers.add(header);
                bytes += Short.BYTES + header.name().length + Integer.BYTES + header.value().length;
            }
        }
        if (headers.isEmpty()) {
            return new byte[0];
        }
        ByteBuffer target = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        target.putInt(headers.size());
        headers.forEach(header -> target.putShort((short) header.name().length)
                .put(header.name())
                .putInt(header.value().length)
                .put(header.value()));
        return target.array();
    }
}
