package io.decant.ingest.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.decant.bucketer.Frame;
import io.decant.bucketer.FrameHeaders;
import io.decant.bucketer.Memory;
import io.decant.config.HttpSourceSettings;
import io.decant.config.SettingsLoader;
import io.decant.fuzz.FuzzTarget;
import io.decant.ingest.journal.OpaqueBytes;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Whatever the head of a request is: its body may be read, with a key or a session that the journal can keep, or it is
 * refused with a {@link RefusedException} whose answer is JSON; the headers that records keep come back from a frame as
 * they were; and what the journal keeps of a request is read back or is none.
 */
class RequestHeadFuzzTest extends FuzzTarget {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpSourceSettings SETTINGS =
            (HttpSourceSettings) SettingsLoader.parse("""
                    sources: {in: {type: http, address: "127.0.0.1:0", path: /in, cors-origins: ["https://a.example"]}}
                    sinks: {out: {type: console}}
                    """, "decant.yaml", Path.of("/etc/decant"), List.of(), Map.of())
                    .sources()
                    .get("in");
    private static final RequestRules RULES = new RequestRules(SETTINGS, new Cors(SETTINGS.corsOrigins()));
    private static final List<String> KEPT = List.of("X-A", "Host", RecordHeaders.CLIENT, RecordHeaders.USER);

    @Override
    protected void check(byte[] input) throws Exception {
        RequestCursor.decode(OpaqueBytes.of(input))
                .ifPresent(cursor -> assertThat(cursor.encoded()).isEqualTo(OpaqueBytes.of(input)));
        EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder());
        channel.writeInbound(Unpooled.copiedBuffer(input));
        channel.finish();
        for (Object next = channel.readInbound(); next != null; next = channel.readInbound()) {
            if (next instanceof HttpRequest request && request.decoderResult().isSuccess()) {
                check(request);
            }
            ReferenceCountUtil.release(next);
        }
    }

    private static void check(HttpRequest request) throws Exception {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        request.headers().forEach(header -> headers.add(header.getKey(), header.getValue()));
        checkKept(headers);
        try {
            RequestRules.Accepted accepted = RULES.check(of(request, headers));
            assertThat(accepted.key()).matches("|[!-~][ -~]{0,254}");
            assertThat(accepted.session()).matches("[A-Za-z0-9._-]{0,128}");
            assertThat(accepted.hasKey() && accepted.hasSession()).isFalse();
            assertThat(accepted.first()).isNotNegative();
        } catch (RefusedException e) {
            assertThat(e.refusal().status()).isBetween(400, 599);
            assertThat(JSON.readTree(e.refusal().json()).get("error").asText()).isNotEmpty();
        }
    }

    private static HttpServerRequest of(HttpRequest request, MultiMap headers) {
        int query = request.uri().indexOf('?');
        String path = query < 0 ? request.uri() : request.uri().substring(0, query);
        return (HttpServerRequest) Proxy.newProxyInstance(
                RequestHeadFuzzTest.class.getClassLoader(),
                new Class<?>[] {HttpServerRequest.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "headers" -> headers;
                    case "path" -> path;
                    case "method" -> HttpMethod.valueOf(request.method().name());
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static void checkKept(MultiMap headers) {
        byte[] kept = RecordHeaders.of(KEPT, headers, "127.0.0.1:1", null);
        List<String> expected = new ArrayList<>();
        headers.getAll("X-A").forEach(value -> expected.add("X-A=" + value));
        headers.getAll("Host").forEach(value -> expected.add("Host=" + value));
        expected.add(RecordHeaders.CLIENT + "=127.0.0.1:1");
        int length = (int) Frame.bytes(Frame.ABSENT, kept.length, 0);
        ByteBuffer frame = ByteBuffer.allocateDirect(length);
        Frame.put(frame, 0, 0, null, kept, new byte[0]);
        FrameHeaders read = new FrameHeaders();
        read.set(Memory.addressOf(frame));
        List<String> found = new ArrayList<>();
        while (read.next()) {
            found.add(string(read.nameAddress(), read.nameLength()) + "="
                    + string(read.valueAddress(), read.valueLength()));
        }
        assertThat(found).isEqualTo(expected);
    }

    private static String string(long address, int length) {
        byte[] bytes = new byte[length];
        Memory.copyToArray(address, bytes, 0, length);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
