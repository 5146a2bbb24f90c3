package io.decant.ingest.sink.http;

import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One request with one part of a bucket.
 *
 * @param uri path and query where they are not those of the settings; empty: they are
 * @param headers all headers but {@code Host}, in the order in which they are sent; some of the values are secrets
 * @param body as it goes over the wire; the transport takes over the one reference
 */
public record PartRequest(String uri, Map<String, String> headers, ByteBuf body) {

    /** With the path of the settings. */
    PartRequest(Map<String, String> headers, ByteBuf body) {
        this("", headers, body);
    }

    PartRequest at(String otherUri) {
        return new PartRequest(otherUri, headers, body);
    }

    PartRequest with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new PartRequest(uri, more, body);
    }

    @Override
    public String toString() {
        return "request " + headers.get(PartHeaders.IDEMPOTENCY_KEY);
    }
}
