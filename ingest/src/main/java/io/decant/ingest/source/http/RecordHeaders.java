package io.decant.ingest.source.http;

import io.decant.ingest.source.SourceUser;
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

    /** Stands for the user's name, whatever a client sends under this name. */
    static final String USER = "Decant-User";

    private RecordHeaders() {}

    /**
     * Those of a request.
     *
     * @param names under which they are kept
     * @param client its address
     * @param user whose it is; null: nobody's
     */
    static byte[] of(List<String> names, MultiMap request, String client, SourceUser user) {
        List<byte[]> keptNames = new ArrayList<>();
        List<byte[]> keptValues = new ArrayList<>();
        int bytes = Integer.BYTES;
        for (String name : names) {
            List<String> values = values(name, request, client, user);
            byte[] keptName = name.getBytes(StandardCharsets.UTF_8);
            for (String value : values) {
                byte[] keptValue = value.getBytes(StandardCharsets.UTF_8);
                keptNames.add(keptName);
                keptValues.add(keptValue);
                bytes += Short.BYTES + keptName.length + Integer.BYTES + keptValue.length;
            }
        }
        if (keptNames.isEmpty()) {
            return new byte[0];
        }
        ByteBuffer target = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        target.putInt(keptNames.size());
        for (int i = 0; i < keptNames.size(); i++) {
            target.putShort((short) keptNames.get(i).length)
                    .put(keptNames.get(i))
                    .putInt(keptValues.get(i).length)
                    .put(keptValues.get(i));
        }
        return target.array();
    }

    private static List<String> values(String name, MultiMap request, String client, SourceUser user) {
        if (name.equalsIgnoreCase(CLIENT)) {
            return List.of(client);
        }
        if (name.equalsIgnoreCase(USER)) {
            return user == null ? List.of() : List.of(user.name());
        }
        return request.getAll(name);
    }
}
